import { linesOf } from "../../../../runtime/recovery/backup/event-line";

async function* piecesOf(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function linesIn(bytes: Buffer, size: number): Promise<readonly Buffer[]> {
  const lines: Buffer[] = [];
  for await (const line of linesOf(piecesOf(bytes, size))) lines.push(line);
  return lines;
}

test.each([1, 2, 3, 5, 100])("lines come whole, with their ends, of pieces of %i bytes", async (size) => {
  expect((await linesIn(Buffer.from("ab\n\ncde\n"), size)).map(String)).toEqual(["ab\n", "\n", "cde\n"]);
});

test("a last line without its end is none", async () => {
  await expect(linesIn(Buffer.from("ab\ncd"), 4)).rejects.toThrow("the last line has no end");
});

test("a large line is put together once, not once for each of its pieces", async () => {
  const line = Buffer.alloc(1024 * 1024, "x");
  line[line.length - 1] = 0x0a;
  const concat = jest.spyOn(Buffer, "concat");
  const lines = await linesIn(line, 16 * 1024);
  expect(concat).toHaveBeenCalledTimes(1);
  concat.mockRestore();
  expect(lines.map((each) => each.equals(line))).toEqual([true]);
});
