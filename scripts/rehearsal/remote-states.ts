import type { Arguments, TerraformJson } from "../../__tests__/support/synthesis/synthesized";

/** Names the stacks of the same app whose states a stack reads, by its `terraform_remote_state` data sources. */
export function remoteStatesOf(
  tf: TerraformJson,
  app: Readonly<Record<string, TerraformJson>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(tf.data?.terraform_remote_state ?? {}).map(([id, { backend, config }]) => {
      const place = placeOf(config as Arguments);
      const origin = Object.keys(app).find((name) => {
        const kept = app[name]?.terraform?.backend?.[String(backend)];
        return kept !== undefined && placeOf(kept) === place;
      });
      if (origin === undefined) throw new Error(`${id}: must read the state of a stack of the same app, got ${place}`);
      return [id, origin];
    }),
  );
}

/** The arguments that identify a state in a backend. All others configure the access to it. */
const placeOf = ({ bucket, key, path }: Arguments): string => JSON.stringify({ bucket, key, path });

/**
 * Replaces the backends of a stack by local files.
 * @param name of its own file, without the extension; `origins` has those of the states that it reads.
 */
export function withLocalStates(
  tf: TerraformJson,
  name: string,
  origins: Readonly<Record<string, string>>,
): TerraformJson {
  const fileOf = (stack: string | undefined) => ({ path: `${stack}.tfstate` });
  const { terraform_remote_state: read = {}, ...data } = tf.data ?? {};
  const local = Object.entries(read).map(([id, source]) => [
    id,
    { ...source, backend: "local", config: fileOf(origins[id]) },
  ]);
  return {
    ...tf,
    terraform: { ...tf.terraform, backend: { local: fileOf(name) } },
    // Terraform refuses an object without a type.
    ...(tf.data && {
      data: { ...data, ...(local.length > 0 && { terraform_remote_state: Object.fromEntries(local) }) },
    }),
  };
}
