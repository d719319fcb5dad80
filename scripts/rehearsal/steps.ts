/** The step from one version of a stack to the next, as the tool prints it. */
export interface StackStep {
  /** The stack's name in the rehearsal. */
  readonly name: string;
  /** In the format of `Change.plan`, without the stack: `+ 1`, `~ aws_vpc.Network`. */
  readonly actions: readonly string[];
}

/** In the tool's order. */
const ACTIONS = ["~", "-/+", "-"];

/** Reads the step from a block of the tool's output. @returns undefined if the block is not about a step. */
export function stepIn(block: string): StackStep | undefined {
  const [first = "", ...below] = block.split("\n");
  const [, name, added] = /^(\S+) +(\d+) added, /.exec(first) ?? [];
  if (name === undefined) return undefined;
  const actions = below.flatMap((line) => {
    const [, action = "", address = ""] = /^ +(~|-\/\+|-) (\S+?)(?:_[0-9A-F]{8})?$/.exec(line) ?? [];
    return action === "" ? [] : [{ action, address }];
  });
  // The tool sorts addresses with their hashes: `keda-operator_` comes after `keda-operator-metrics`.
  actions.sort(
    (one, other) =>
      ACTIONS.indexOf(one.action) - ACTIONS.indexOf(other.action) || (one.address < other.address ? -1 : 1),
  );
  const taken = actions.map(({ action, address }) => `${action} ${address}`);
  return { name, actions: [...(Number(added) > 0 ? [`+ ${added}`] : []), ...taken] };
}
