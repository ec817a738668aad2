import { onMachine } from "./e2e";

/** A script that gives a machine two neighbours with networks of their own: a cloud's metadata and name service, and a container. */
export const neighbours = `mount -o remount,rw /proc/sys
sysctl --quiet net.ipv4.ip_forward=1 net.ipv6.conf.{all,default}.disable_ipv6=0 net.ipv6.conf.all.forwarding=1
neighbour() {
  ip netns add $1
  ip link add $1 type veth peer name outside netns $1
  ip address add 10.99.$2.1/24 dev $1
  ip address add fd99:$2::1/64 dev $1 nodad
  ip link set $1 up
  ip -n $1 address add 10.99.$2.2/24 dev outside
  ip -n $1 address add fd99:$2::2/64 dev outside nodad
  ip -n $1 link set outside up
  ip -n $1 link set lo up
  ip -n $1 route add default via 10.99.$2.1
  ip -n $1 route add default via fd99:$2::1
}
neighbour cloud 1
neighbour box 2
ip -n cloud address add 169.254.169.254/32 dev lo
ip -n cloud address add fd00:c1::a9fe:a9fe/128 dev lo nodad
ip route add 169.254.169.254 via 10.99.1.2
ip route add fd00:c1::a9fe:a9fe via fd99:1::2
for port in 53 80; do systemd-run --quiet ip netns exec cloud python3 -m http.server --bind :: $port; done
timeout 10 bash -c 'until ip netns exec cloud curl --silent 127.0.0.1:53 && ip netns exec cloud curl --silent 127.0.0.1:80; do sleep 0.1; done' >/dev/null`;

/** Where the metadata service and the name service answer. */
export const services = ["169.254.169.254", "[fd00:c1::a9fe:a9fe]"].flatMap((host) =>
  [53, 80].map((port) => `${host}:${port}`),
);
export const namesOnly = services.filter((service) => service.endsWith(":53"));

/** Which of these answer to whom on a machine. */
export async function reachedFrom(name: string, who: string): Promise<string[]> {
  const ask = services.map(
    (service) => `{ ${who} curl -s -o /dev/null -m 2 ${service} && echo ${service} || :; } &`,
  );
  const heard = (await onMachine(`${ask.join("\n")}\nwait`, { name })).split("\n");
  return services.filter((service) => heard.includes(service));
}

/** Some who ask. */
export const nobody = "runuser -u nobody --";
export const container = "ip netns exec box";
