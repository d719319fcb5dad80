import type { Autoscaling } from "../../lib/config/autoscaling";
import type { CacheRule } from "../../lib/config/edge";
import type { ApiConfig, ContainerResources, ProcessorsConfig } from "../../lib/config/services";

const image = "ghcr.io/acme/command-api:1.4.2";
const api: ApiConfig = {
  images: { blue: image, green: image },
  active: "blue",
  host: "commands.example.com",
  certificate: "production/commands",
};

export const apis: ApiConfig[] = [
  { ...api, idle: 0 },
  { ...api, limits: { bodyMib: 1, requestsPerSecond: 10 } },
  // @ts-expect-error no such color
  { ...api, active: "red" },
  // @ts-expect-error an image has a tag or a digest
  { ...api, images: { blue: "ghcr.io/acme/command-api", green: image } },
  // @ts-expect-error each color has its image
  { ...api, images: { blue: image } },
  // @ts-expect-error a number, not a word
  { ...api, idle: "warm" },
  // @ts-expect-error both limits, or none
  { ...api, limits: { bodyMib: 1 } },
];

export const resources: ContainerResources[] = [
  { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "1Gi" } },
  { requests: { cpu: "2", memory: "512Mi" }, limits: { memory: "1Gi" } },
  // @ts-expect-error Kubernetes' units
  { requests: { cpu: "250m", memory: "512MB" }, limits: { memory: "1Gi" } },
  // @ts-expect-error CPU has no limit
  { requests: { cpu: "250m", memory: "512Mi" }, limits: { cpu: "1", memory: "1Gi" } },
];

export const scalings: Autoscaling[] = [
  { maxInstances: 20, cpuPercent: 70 },
  { maxInstances: 20, query: "sum(depth)", perInstance: 100 },
  // @ts-expect-error by something
  { maxInstances: 20 },
  // @ts-expect-error a query needs what each instance is to have
  { maxInstances: 20, query: "sum(depth)" },
];

export const processors: ProcessorsConfig[] = [
  { image },
  // @ts-expect-error one kind of pods has no colors
  { image, active: "blue" },
];

export const rules: CacheRule[] = [
  { path: "/catalogue/*", seconds: 30 },
  // @ts-expect-error no such key
  { path: "/catalogue/*", seconds: 30, methods: ["GET"] },
];
