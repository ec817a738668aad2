import { DnsRecords } from "../components/dns/dns-records";
import { DockerEngine } from "../components/docker/docker-engine";
import { guardDomain } from "../components/snikket/domain-guard";
import { findEdits } from "../components/snikket/edits";
import { snikketPorts } from "../components/snikket/ports";
import { snikketRecords } from "../components/snikket/records";
import { releases } from "../components/snikket/releases";
import { digest, SnikketServer } from "../components/snikket/snikket-server";
import { loadConfig } from "./config";
import { allowedOf, createHost, isProtected } from "./host";
import { holdHouseRules } from "./house-rules";
import { snikketSettings } from "./snikket-settings";
import { createZone } from "./zone";

const config = loadConfig();

const settings = snikketSettings(config);

const ports = snikketPorts(settings);

holdHouseRules({ ports, ...allowedOf(config) });

const host = createHost("host", config, { ports, dataFolder: "/var/lib/snikket" });

const records = new DnsRecords("dns", {
  zone: createZone(config),
  records: snikketRecords(config.domain, host),
});

const docker = new DockerEngine("docker", {
  ...{ host, ...config.docker },
  purpose: digest(settings),
  // What is put right begins here: the steps after it follow. A plan asks nobody.
  again: process.env.SNIKKET_OFFLINE ? undefined : findEdits(host.reach),
});

const server = new SnikketServer(
  "snikket",
  {
    docker,
    release: releases[config.release],
    settings,
    ports,
    nameservers: config.nameservers,
  },
  // Certificates are requested on the first start, and need the names to resolve.
  { dependsOn: records },
);

// Nothing depends on it, so that destroy begins with it, and ends there.
guardDomain("snikket", config.domain, { dependsOn: server, protect: isProtected(config) });

export const { domain } = config;
export const { url, invitation } = server;
export const { ipv4, monthlyCost } = host;
