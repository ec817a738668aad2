import { docker } from "../../sandbox/docker";
import { containerName } from "../../sandbox/settings";

/** Knocks at every port by TCP. Where nothing filters, a closed one says so at once. */
const knock = `use Socket;
for my $port (1 .. 65535) {
  socket(my $socket, PF_INET, SOCK_STREAM, 0) or die;
  print "$port\\n" if connect($socket, sockaddr_in($port, inet_aton($ARGV[0])));
}`;

/** Sends to ports by UDP until each has said that it is closed, or has not for three seconds. */
const call = `use IO::Socket::INET; use IO::Select; use Errno;
my ($host, @ports) = @ARGV;
my %socket = map { $_ => IO::Socket::INET->new(PeerAddr => $host, PeerPort => $_, Proto => "udp") } @ports;
for my $round (1 .. 6) {
  for my $port (keys %socket) { send($socket{$port}, "x", 0) or $!{ECONNREFUSED} && delete $socket{$port}; }
  select(undef, undef, undef, 0.5);
  for my $port (keys %socket) {
    my $got = recv($socket{$port}, my $answer, 512, 0x40);
    delete $socket{$port} if !defined $got && $!{ECONNREFUSED};
  }
}
print "$_\\n" for keys %socket;`;

const numbers = (text: string): number[] =>
  text
    .split("\n")
    .filter(Boolean)
    .map(Number)
    .sort((one, other) => one - other);

/** TCP ports of a machine that let somebody else in the network in. */
export async function openTcp(address: string): Promise<number[]> {
  const { stdout } = await docker(["exec", containerName("peer"), "perl", "-e", knock, address]);
  return numbers(stdout);
}

/** Of these UDP ports those that do not say they are closed. */
export async function openUdp(address: string, ports: number[]): Promise<number[]> {
  const perl = ["perl", "-e", call, address, ...ports.map(String)];
  return numbers((await docker(["exec", containerName("peer"), ...perl])).stdout);
}
