import { docker } from "../../sandbox/docker";
import { ensureImage } from "../../sandbox/images";
import { containerName, sandboxName } from "../../sandbox/settings";
import { onMachine } from "./e2e";

/** Knocks at every port by TCP, at 2000 at once; who has not answered after a second is filtered. */
const knock = `use Socket qw(:DEFAULT SOCK_NONBLOCK getaddrinfo);
my @ports = 1 .. 65535;
while (my @some = splice @ports, 0, 2000) {
  my %waiting;
  for my $port (@some) {
    my ($error, $at) = getaddrinfo($ARGV[0], $port, { socktype => SOCK_STREAM });
    die $error if $error;
    socket($waiting{$port}, $at->{family}, SOCK_STREAM | SOCK_NONBLOCK, 0) or die $!;
    connect($waiting{$port}, $at->{addr});
  }
  for (my $left = 20; %waiting && $left; $left--) {
    select(undef, undef, undef, 0.05);
    for my $port (keys %waiting) {
      my $open = getpeername($waiting{$port});
      print "$port\\n" if $open;
      delete $waiting{$port} if $open || unpack("I", getsockopt($waiting{$port}, SOL_SOCKET, SO_ERROR));
    }
  }
}`;

/** Sends to every port by UDP, to 2000 at once; who never says that it is closed is asked for three seconds. */
const call = `use Socket qw(:DEFAULT SOCK_NONBLOCK getaddrinfo);
sub silent {
  my ($times, @some) = @_;
  my %socket;
  for my $port (@some) {
    my ($error, $at) = getaddrinfo($ARGV[0], $port, { socktype => SOCK_DGRAM });
    die $error if $error;
    socket($socket{$port}, $at->{family}, SOCK_DGRAM | SOCK_NONBLOCK, 0) or die $!;
    connect($socket{$port}, $at->{addr}) or die $!;
  }
  for (1 .. $times) {
    send($_, "x", 0) for values %socket;
    select(undef, undef, undef, 0.1);
    for my $port (keys %socket) {
      delete $socket{$port} if unpack("I", getsockopt($socket{$port}, SOL_SOCKET, SO_ERROR));
    }
  }
  return keys %socket;
}
my @ports = 1 .. 65535;
my @left;
push @left, silent(2, splice @ports, 0, 2000) while @ports;
print "$_\\n" for silent(30, @left);`;

/** Where somebody in the machine's own network finds it by IPv6, which Docker gives to no container by itself. */
export async function byIpv6(): Promise<string> {
  const { stdout } = await docker(["network", "inspect", "-f", "{{.Id}}", sandboxName]);
  const address = await onMachine(`mount -o remount,rw /proc/sys
    echo 0 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6
    until ip -6 -oneline address show dev eth0 scope link -tentative | grep -q .; do sleep 0.2; done
    ip -6 -oneline address show dev eth0 scope link | awk '{ sub("/.*", "", $4); print $4 }'`);
  return `${address}%br-${stdout.slice(0, 12)}`;
}

/** As Docker had it. */
export const withoutIpv6 = "echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6";

/** Kinds of answers of which a machine gives only some a second, and what leaves out that a port is closed. */
const limited = {
  "/proc/sys/net/ipv4/icmp_ratemask": "0",
  "/proc/sys/net/ipv6/icmp/ratemask": "127",
};

/** Has the machine say of every port that it is closed. */
export async function answerEvery<T>(work: () => Promise<T>): Promise<T> {
  const files = Object.keys(limited);
  const set = (values: string[]) =>
    onMachine(files.map((file, i) => `echo ${values[i]} >${file}`).join("\n"));
  const before = await onMachine(`mount -o remount,rw /proc/sys; cat ${files.join(" ")}`);
  await set(Object.values(limited));
  try {
    return await work();
  } finally {
    await set(before.split("\n"));
  }
}

/** Runs it as somebody else in the machine's network: the peer, or where that has no such address this computer. */
async function scan(program: string, address: string): Promise<number[]> {
  const where = address.includes("%")
    ? ["run", "--rm", "--network=host", await ensureImage("services")]
    : ["exec", containerName("peer")];
  const { stdout } = await docker([...where, "perl", "-e", program, address]);
  return stdout
    .split("\n")
    .filter(Boolean)
    .map(Number)
    .sort((one, other) => one - other);
}

/** TCP ports of a machine that let somebody else in the network in. */
export const openTcp = (address: string): Promise<number[]> => scan(knock, address);

/** UDP ports of a machine that do not say they are closed. */
export const openUdp = (address: string): Promise<number[]> => scan(call, address);

/** Sends to every port by UDP twice, not faster than anybody takes it. */
const callAll = `use Socket qw(:DEFAULT getaddrinfo);
my ($error, $at) = getaddrinfo($ARGV[0], 1, { socktype => SOCK_DGRAM });
die $error if $error;
socket(my $socket, $at->{family}, SOCK_DGRAM, 0) or die $!;
for my $port ((1 .. 65535) x 2) {
  my ($error, $at) = getaddrinfo($ARGV[0], $port, { socktype => SOCK_DGRAM });
  send($socket, "all ports", 0, $at->{addr});
  select(undef, undef, undef, 0.002) unless $port % 100;
}`;

/** Whoever reads raw packets gets those that the machine's firewall has let in, whether something listens or not. */
const listenRaw = (family: 4 | 6) => `import socket
s = socket.socket(socket.AF_INET${family === 6 ? "6" : ""}, socket.SOCK_RAW, socket.IPPROTO_UDP)
with open("/run/passed", "w", 1) as file:
    while True:
        packet = s.recv(2048)
        at = ${family === 6 ? 0 : "(packet[0] & 15) * 4"}
        if packet[at + 8:] == b"all ports": print(int.from_bytes(packet[at + 2:at + 4], "big"), file=file)`;

/**
 * UDP ports of a cloud's machine that let in whoever is on the internet: past the cloud's firewall and past its own.
 * @param name the machine's container
 */
export async function passedUdp(address: string, name: string): Promise<number[]> {
  const on = (script: string) => onMachine(script, { name });
  await on(`rm -f /run/passed; systemd-run --quiet --unit passed python3 -c '${listenRaw(address.includes(":") ? 6 : 4)}'
    timeout 10 bash -c 'until [[ -e /run/passed ]]; do sleep 0.1; done'`);
  await docker(["exec", containerName("peer"), "perl", "-e", callAll, address]);
  const ports = await on("sleep 1; systemctl stop passed; sort -nu /run/passed");
  return ports.split("\n").filter(Boolean).map(Number);
}
