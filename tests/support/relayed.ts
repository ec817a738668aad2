import type { VerifyRequest } from "../../components/snikket/probes/request";
import type { Endpoint } from "../../components/snikket/probes/stun-attributes";
import { type Channel, openUdp } from "../../components/snikket/probes/stun-channel";
import { Allocation, type Login } from "../../components/snikket/probes/turn";

/** Where a server relays a call; it ends at once. @param open how one gets to the server */
export async function relayed(
  request: VerifyRequest,
  login: Login,
  open: (request: VerifyRequest, signal: AbortSignal) => Promise<Channel> = openUdp,
): Promise<Endpoint | undefined> {
  const ending = new AbortController();
  try {
    const allocation = await Allocation.open(await open(request, ending.signal), login);
    await allocation.release();
    return allocation.relayed;
  } finally {
    ending.abort();
  }
}
