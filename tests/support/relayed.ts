import type { VerifyRequest } from "../../components/snikket/probes/request";
import type { Endpoint } from "../../components/snikket/probes/stun-attributes";
import { openUdp } from "../../components/snikket/probes/stun-channel";
import { Allocation, type Login } from "../../components/snikket/probes/turn";

/** Where a server relays a call; it ends at once. */
export async function relayed(request: VerifyRequest, login: Login): Promise<Endpoint | undefined> {
  const ending = new AbortController();
  try {
    const allocation = await Allocation.open(await openUdp(request, ending.signal), login);
    await allocation.release();
    return allocation.relayed;
  } finally {
    ending.abort();
  }
}
