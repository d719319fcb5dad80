import { type Rule, rule, text } from "./rules";

/** Ours: servers and proxies refuse longer ones, at limits of their own. */
const MAX_CHARACTERS = 2048;

/** A URL of a form. */
export function url(allowed: string, form: RegExp): Rule {
  const isOfForm = text(allowed, form);
  return rule(
    allowed,
    (value) =>
      isOfForm.problemsOf(value, "").length === 0 && `${value}`.length <= MAX_CHARACTERS && URL.canParse(`${value}`),
  );
}
