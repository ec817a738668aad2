import { DnsRecords } from "../components/dns/dns-records";
import { manualZone } from "../components/dns/manual-zone";
import { DockerEngine } from "../components/docker/docker-engine";
import { guardDomain } from "../components/snikket/domain-guard";
import { snikketRecords } from "../components/snikket/records";
import { releases } from "../components/snikket/releases";
import { SnikketServer } from "../components/snikket/snikket-server";
import { loadConfig } from "./config";
import { createHost } from "./host";
import { snikketSettings } from "./snikket-settings";

const config = loadConfig();

const host = createHost("host", config);

const records = new DnsRecords("dns", {
  zone: manualZone(),
  records: snikketRecords(config.domain, host),
});

const docker = new DockerEngine("docker", { host, ...config.docker });

const server = new SnikketServer(
  "snikket",
  {
    docker,
    release: releases[config.release],
    settings: snikketSettings(config),
    nameservers: config.nameservers,
  },
  // Certificates are requested on the first start, and need the names to resolve.
  { dependsOn: records },
);

guardDomain("snikket", config.domain, { dependsOn: server });

export const { domain } = config;
export const { url, invitation } = server;
export const { ipv4 } = host;
