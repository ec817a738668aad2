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

/** Sends to ports by UDP until each has said that it is closed, or has not for three seconds. */
const call = `use IO::Socket::IP; use Errno;
my ($host, @ports) = @ARGV;
my %socket = map { $_ => IO::Socket::IP->new(PeerAddr => $host, PeerPort => $_, Proto => "udp") } @ports;
for my $round (1 .. 6) {
  for my $port (keys %socket) { send($socket{$port}, "x", 0) or $!{ECONNREFUSED} && delete $socket{$port}; }
  select(undef, undef, undef, 0.5);
  for my $port (keys %socket) {
    my $got = recv($socket{$port}, my $answer, 512, 0x40);
    delete $socket{$port} if !defined $got && $!{ECONNREFUSED};
  }
}
print "$_\\n" for keys %socket;`;

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

/** Has the machine answer to every question that it is closed, not to some a second. */
export async function answerEvery<T>(work: () => Promise<T>): Promise<T> {
  const limits = "/proc/sys/net/ipv4/icmp_ratelimit /proc/sys/net/ipv6/icmp/ratelimit";
  const all = (value: string) => `for limit in ${limits}; do echo ${value} >$limit; done`;
  const before = await onMachine(`mount -o remount,rw /proc/sys; cat ${limits} | sed -n 1p`);
  await onMachine(all("0"));
  try {
    return await work();
  } finally {
    await onMachine(all(before));
  }
}

/** Runs it as somebody else in the machine's network: the peer, or where that has no such address this computer. */
async function scan(program: string, address: string, ports: number[] = []): Promise<number[]> {
  const where = address.includes("%")
    ? ["run", "--rm", "--network=host", await ensureImage("services")]
    : ["exec", containerName("peer")];
  const { stdout } = await docker([...where, "perl", "-e", program, address, ...ports.map(String)]);
  return stdout
    .split("\n")
    .filter(Boolean)
    .map(Number)
    .sort((one, other) => one - other);
}

/** TCP ports of a machine that let somebody else in the network in. */
export const openTcp = (address: string): Promise<number[]> => scan(knock, address);

/** Of these UDP ports those that do not say they are closed. */
export const openUdp = (address: string, ports: number[]): Promise<number[]> =>
  scan(call, address, ports);
