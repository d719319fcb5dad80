const utf8 = new TextEncoder();

/** Data of an event of ours. */
export const jsonOf = (value: object): Uint8Array => utf8.encode(JSON.stringify(value));

export const jsonIn = <Value>(data: Uint8Array): Value => JSON.parse(Buffer.from(data).toString("utf8")) as Value;
