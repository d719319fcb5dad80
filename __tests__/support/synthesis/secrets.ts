import { expanded } from "../plans/json-in-text";
import type { TerraformJson } from "./synthesized";
import { givenArguments, type TerraformState } from "./terraform-state";

/** How names of secret values end, in snake case: `master_password`, `admin_password`, `pgpassword`, `auth_token`. */
const SECRET_NAME =
  /(?:passwords?|passphrase|secret_string|secret_binary|token|private_key(?:_pem)?|secret_access_key|client_secret|api_key|user_data(?:_base64)?)$/;
/** Write-only arguments, which Terraform sends and forgets, may hold an ephemeral value and nothing else. */
const WRITE_ONLY_NAME = /_wo$/;
/** A value that Terraform makes anew for each run and writes nowhere. */
const EPHEMERAL = /\$\{.*\bephemeral\./s;
/** A variable of a container's environment, which Grafana puts in for its name. */
const VARIABLE = /^\$[A-Z_]+$/;
/** A secret attribute of something that is in the state. */
const READ_FROM_STATE =
  /\$\{.*\b(?<!ephemeral\.)(?!ephemeral\.)[a-z]\w*\.[\w-]+(?:\[[^\]]*\])?\.(?:\w*password|auth_token|secret_string|token|private_key\w*)\b/s;
/** Secrets that show by their form, wherever they stand. */
const FORMS: readonly RegExp[] = [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, /\bAKIA[0-9A-Z]{16}\b/];

/** Types that write a secret into the state by being there, and what to take instead. */
const LEAKING: Readonly<Record<string, string>> = {
  "data.aws_eks_cluster_auth": "ephemeral.aws_eks_cluster_auth",
  "data.aws_secretsmanager_random_password": "ephemeral.aws_secretsmanager_random_password",
  "data.aws_secretsmanager_secret_version": "External Secrets, or ephemeral.aws_secretsmanager_secret_version",
  "data.kubernetes_secret_v1": "External Secrets",
  "resource.aws_iam_access_key": "a role",
  "resource.random_password": "ephemeral.aws_secretsmanager_random_password",
  "resource.tls_private_key": "a key that is made where it is used",
};

/** Where a synthesized stack holds a secret, or would make Terraform's state hold one. */
export function secretsIn(tf: TerraformJson): string[] {
  const { "//": _, ...blocks } = tf;
  return [
    ...Object.entries(LEAKING)
      .filter(([type]) => has(tf, type))
      .map(([type, instead]) => `${type}: keeps a secret in the state, take ${instead}`),
    ...Object.keys(tf.output ?? {})
      .filter(isSecretName)
      .map((name) => `output.${name}: puts a secret out`),
    ...secretValuesIn(expanded(blocks)),
  ];
}

/** Where a state holds a secret. Only the arguments that the stack sets count. */
export function secretsInState(state: TerraformState, tf: TerraformJson): string[] {
  const resources = (state.resources ?? []).flatMap(({ mode, type, name, instances }) => {
    const block = mode === "data" ? "data" : "resource";
    const held = instances.map((instance) => givenArguments(instance, tf[block]?.[type]?.[name]));
    const at = `${block}.${type}.${name}`;
    const leaking = Object.hasOwn(LEAKING, `${block}.${type}`) ? [`${at}: keeps a secret in the state`] : [];
    return [...leaking, ...held.flatMap((each) => secretValuesIn(expanded(each), at))];
  });
  const outputs = Object.keys(state.outputs ?? {}).filter(isSecretName);
  return [...resources, ...outputs.map((name) => `output.${name}: puts a secret out`)];
}

/** Where a value holds a secret, by the names of its keys and of environment variables, and by the form of its texts. */
export function secretValuesIn(value: unknown, path = ""): string[] {
  if (typeof value === "string") {
    return [...FORMS, READ_FROM_STATE].some((form) => form.test(value)) ? [`${path}: holds a secret`] : [];
  }
  if (Array.isArray(value)) return value.flatMap((each, index) => secretValuesIn(each, `${path}[${index}]`));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    const at = path === "" ? key : `${path}.${key}`;
    return isExposed(nameOf(value, key), each) ? [`${at}: holds a secret`] : secretValuesIn(each, at);
  });
}

function has(tf: TerraformJson, address: string): boolean {
  const [block, type = ""] = address.split(".");
  return (block === "data" ? tf.data : tf.resource)?.[type] !== undefined;
}

/** The key; but `{ name: "PGPASSWORD", value: "…" }`, as containers and charts have it, goes by the name beside the value. */
const nameOf = (parent: object, key: string): string =>
  key === "value" && "name" in parent && typeof parent.name === "string" ? parent.name : key;

const isSecretName = (name: string): boolean =>
  SECRET_NAME.test(
    name
      .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
      .replaceAll(/[-.]/g, "_")
      .toLowerCase(),
  );

/** Whether a secret stands here as itself. A switch, a reference to a Secret and an ephemeral value are none. */
function isExposed(name: string, value: unknown): boolean {
  if (value === null || value === "" || typeof value === "boolean") return false;
  if (WRITE_ONLY_NAME.test(name)) return !EPHEMERAL.test(JSON.stringify(value));
  if (!isSecretName(name)) return false;
  if (Array.isArray(value)) return value.some((each) => isExposed(name, each));
  return typeof value === "string" ? ![EPHEMERAL, VARIABLE].some((it) => it.test(value)) : typeof value === "number";
}
