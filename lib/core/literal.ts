/** A text that Terraform takes as it stands: `${…}` and `%{…}` in it are the writer's, but for cdktf's own tokens. */
export const literal = (text: string): string => text.replaceAll(/[$%](?=\{(?!TfToken\[))/g, (sign) => sign + sign);
