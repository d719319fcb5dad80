/**
 * An address that may be asked. A password in it would end in errors and in logs.
 * @throws {RangeError} that does not repeat it.
 */
export function probeUrl(path: string, address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    throw new RangeError(`${path}: must be an http or https URL, got something else`);
  }
  if (url.username !== "" || url.password !== "") throw new RangeError(`${path}: must be without user and password`);
  return url;
}
