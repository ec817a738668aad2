import { companions, defaultVersion } from "../../components/docker/docker-engine";
import { contract } from "../support/contract";
import { dockersRepository, isUpTo, type Repository } from "../support/contract-repository";

contract("Docker's repository", dockersRepository, (repository) => {
  let there: Repository;
  /** The versions of each package, by place. */
  const packages: Record<string, Record<string, string[]>> = {};

  beforeAll(async () => {
    there = await repository()();
    for (const place of there.places) packages[place] = await there.packages(place);
  });
  afterAll(() => there.remove());

  it("is signed with the key that it shows, whose fingerprint is the one that is trusted", async () => {
    for (const suite of there.suites) expect(await there.signer(suite)).toBe(there.fingerprint);
  });

  it("has Docker in the default version, for each distribution and architecture", () => {
    for (const [place, versions] of Object.entries(packages))
      for (const name of ["docker-ce", "docker-ce-cli"])
        expect([place, name, versions[name]]).toEqual([
          ...[place, name],
          expect.arrayContaining([expect.stringMatching(`^5:${defaultVersion}-`)]),
        ]);
  });

  it("has of what belongs to it one up to the pinned version", () => {
    for (const [place, versions] of Object.entries(packages))
      for (const [name, pinned] of Object.entries(companions)) {
        const older = versions[name]?.filter((version) => isUpTo(version, pinned)) ?? [];
        expect([place, name, older.length > 0]).toEqual([place, name, true]);
      }
  });
});
