import { isTree, mapTexts } from "../../__tests__/support/plans/tree";
import type { TerraformJson } from "../../__tests__/support/synthesis/synthesized";

/**
 * The stack as it is deployed where log groups exist: the simulated providers know of none, so that the lists that its
 * imports ask for are written into them.
 * @param namesOf names of the log groups that begin with a prefix.
 */
export function withLogGroups(tf: TerraformJson, namesOf: (prefix: string) => readonly string[]): TerraformJson {
  if (tf.import === undefined) return tf;
  const lists = Object.entries(tf.data?.aws_cloudwatch_log_groups ?? {}).map(([id, { log_group_name_prefix }]) => ({
    reference: `data.aws_cloudwatch_log_groups.${id}.log_group_names`,
    names: JSON.stringify(namesOf(String(log_group_name_prefix))),
  }));
  const answered = (text: string) => lists.reduce((rest, { reference, names }) => rest.replace(reference, names), text);
  return { ...tf, import: mapTexts(tf.import, answered) as TerraformJson["import"] };
}

/**
 * The stack with a tag that no other life has. AWS gives a resource another id and ARN in each life. The simulated
 * providers compute both from the arguments, and a tag is an argument that changes nothing else.
 * @param tagged types of resources that have tags.
 */
export function withOtherIds(tf: TerraformJson, tagged: ReadonlySet<string>, life: number): TerraformJson {
  if (tf.resource === undefined) return tf;
  const resource = Object.entries(tf.resource).map(([type, named]) => {
    if (!tagged.has(type)) return [type, named];
    const blocks = Object.entries(named).map(([id, block]) => {
      const tags = isTree(block.tags) ? block.tags : {};
      return [id, { ...block, tags: { ...tags, Life: `${life}` } }];
    });
    return [type, Object.fromEntries(blocks)];
  });
  return { ...tf, resource: Object.fromEntries(resource) };
}
