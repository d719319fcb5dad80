import { BODY_MIB, PARTITIONS } from "../contract/limits";
import { type Problem, shown } from "../core/problems";
import {
  known,
  mapOf,
  oneOf,
  optional,
  type Relation,
  type Rule,
  type Rules,
  shape,
  text,
  wholeNumber,
} from "../core/rules";
import { INSTANCES } from "./architecture";
import { type Autoscaling, isAutoscaling } from "./autoscaling";
import { type Image, isImage } from "./images";
import { isPodCpu, isPodMemory, mebibytesOf } from "./quantities";
import { isSecretName } from "./secret-names";
import { isVariableName, isVariables } from "./variables";

/** What runs on the clusters. How many of each, and how they are reached, is the architecture's to say. */
export interface ServicesConfig {
  readonly commandApi: ApiConfig;
  readonly commandProcessors: ProcessorsConfig;
  readonly queryApi: ApiConfig;
  readonly projections: ProjectionWorkersConfig;
}

export type Color = "blue" | "green";

/** One kind of container. */
export interface ContainerConfig {
  /** What one pod asks for, and where it ends. @default - 250m and 512Mi asked for, 512Mi at most */
  readonly resources?: ContainerResources;
  /** Environment variables that are no secret. @default - ours alone */
  readonly variables?: Readonly<Record<string, string>>;
  /** Environment variables from AWS Secrets Manager, by the secrets' names. @default - none */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** In Kubernetes' own units. */
export interface ContainerResources {
  readonly requests: { readonly cpu: CpuQuantity; readonly memory: MemoryQuantity };
  /** Memory at which a pod is ended. CPU has no limit: it would be throttled while its node idles. */
  readonly limits: { readonly memory: MemoryQuantity };
}

/** Thousandths of a core, or cores: `'250m'`, `'2'`. */
export type CpuQuantity = `${bigint}m` | `${bigint}`;
/** Binary units: `'512Mi'`, `'2Gi'`. */
export type MemoryQuantity = `${bigint}Mi` | `${bigint}Gi`;

/** What is released blue-green: two deployments, of which one is active. */
export interface BlueGreenConfig extends ContainerConfig {
  readonly images: Readonly<Record<Color, Image>>;
  /** Which of the two answers. A change is one line of the plan, and takes effect within seconds. */
  readonly active: Color;
  /** Instances of the other color, 0 to 1000: as many for a rollback at once, or none. @default - as many as the active one has */
  readonly idle?: number;
}

/** An API and the way to it. */
export interface ApiConfig extends BlueGreenConfig {
  /** Name under which the API is reached: `'commands.example.com'`. */
  readonly host: string;
  /** Secret of AWS Secrets Manager with the host's certificate and its key, as `tls.crt` and `tls.key`. */
  readonly certificate: string;
  /** @default - 1 MiB bodies, 100 requests a second from one address */
  readonly limits?: RequestLimits;
}

/** What NGINX lets through. */
export interface RequestLimits {
  /** MiB of a request's body, 1 to 100. */
  readonly bodyMib: number;
  /** Requests a second from one address, 1 to 10000; twice as many at once. */
  readonly requestsPerSecond: number;
}

export interface ProcessorsConfig extends ContainerConfig {
  readonly image: Image;
  /** How far `scaling: 'auto'` goes beyond the architecture's instances. @default - to 20 or twice as many, at 70 % CPU */
  readonly autoscaling?: Autoscaling;
}

export interface ProjectionWorkersConfig extends ContainerConfig {
  readonly image: Image;
  /**
   * Into how many parts events are divided, each owned by one worker. It stays when workers come and go: with another
   * number, an event is another part's, and the read models are to be built anew. @default 100
   */
  readonly partitions?: number;
}

/** Ours, as of those that are active; none is a color that is stopped. */
export const IDLE_INSTANCES = { min: 0, max: INSTANCES.max } as const;
const REQUESTS_PER_SECOND = { min: 1, max: 10_000 } as const;
/** Ours: twice what the seed's 5 workers handle at a time, so that more of them have something to do. */
export const DEFAULT_PARTITIONS = 100;
/** Ours: with less nothing starts, and more is a unit forgotten. */
const POD_CPU = { min: "10m", max: "64" } as const;
const POD_MEMORY = { min: "32Mi", max: "512Gi" } as const;

/** DNS: labels of at most 63, 253 in all; the last one has letters, or all of it could be an address. */
const HOST = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9])$/;
export const isHost: Rule = text("a host name in lower case such as 'commands.example.com'", HOST);

export const isContainerResources: Rule = shape<ContainerResources>(
  {
    requests: shape<ContainerResources["requests"]>({ cpu: isPodCpu(POD_CPU), memory: isPodMemory(POD_MEMORY) }),
    limits: shape<ContainerResources["limits"]>({ memory: isPodMemory(POD_MEMORY) }),
  },
  { between: ["requests", "limits"], problemsOf: memoryProblems },
);

const CONTAINER_RULES: Rules<ContainerConfig> = {
  resources: optional(isContainerResources),
  variables: optional(isVariables),
  secrets: optional(mapOf(isSecretName, isVariableName)),
};

/** Kubernetes would take the last of two without a word. */
export const ONE_SOURCE: Relation<ContainerConfig> = {
  between: ["variables", "secrets"],
  problemsOf: ({ variables = {}, secrets = {} }, path) =>
    Object.keys(secrets)
      .filter((name) => Object.hasOwn(variables, name))
      .map((name) => ({ path: `${path}.secrets.${name}`, message: `must not be in variables too, got '${name}'` })),
};

const isColor = oneOf(["blue", "green"]);

/** Those of an API's pods, and those of the way to it. */
export const BLUE_GREEN_RULES: Rules<BlueGreenConfig> = {
  ...CONTAINER_RULES,
  images: shape<ApiConfig["images"]>({ blue: isImage, green: isImage }),
  active: isColor,
  idle: optional(known(wholeNumber(IDLE_INSTANCES))),
};

export const API_RULES: Rules<Omit<ApiConfig, keyof BlueGreenConfig>> = {
  host: isHost,
  certificate: isSecretName,
  limits: optional(
    shape<RequestLimits>({
      bodyMib: wholeNumber(BODY_MIB),
      requestsPerSecond: known(wholeNumber(REQUESTS_PER_SECOND)),
    }),
  ),
};

const isApiConfig = shape<ApiConfig>({ ...BLUE_GREEN_RULES, ...API_RULES }, ONE_SOURCE);

export const PROCESSORS_RULES: Rules<ProcessorsConfig> = {
  ...CONTAINER_RULES,
  image: isImage,
  autoscaling: optional(isAutoscaling),
};

export const PROJECTION_WORKERS_RULES: Rules<ProjectionWorkersConfig> = {
  ...CONTAINER_RULES,
  image: isImage,
  partitions: optional(wholeNumber(PARTITIONS)),
};

export const SERVICES_RULES: Rules<ServicesConfig> = {
  commandApi: isApiConfig,
  commandProcessors: shape(PROCESSORS_RULES, ONE_SOURCE),
  queryApi: isApiConfig,
  projections: shape(PROJECTION_WORKERS_RULES, ONE_SOURCE),
};

export const isServicesConfig: Rule = shape<ServicesConfig>(SERVICES_RULES, {
  between: ["commandApi", "queryApi"],
  problemsOf: ({ commandApi, queryApi }, path) =>
    commandApi.host === queryApi.host
      ? [
          {
            path: `${path}.queryApi.host`,
            message: `must be another than that of commandApi, got ${shown(queryApi.host)}`,
          },
        ]
      : [],
});

function memoryProblems({ requests, limits }: ContainerResources, path: string): readonly Problem[] {
  if ((mebibytesOf(limits.memory) ?? 0) >= (mebibytesOf(requests.memory) ?? 0)) return [];
  const message = `must be at least what is requested, '${requests.memory}', got '${limits.memory}'`;
  return [{ path: `${path}.limits.memory`, message }];
}
