import { spawnSync } from "node:child_process";
import { ofMissingPackage } from "../../../runtime/ops/missing-package";

/** What this Node throws for a module, as jest's own loader says something else. */
function thrownBy(load: string): unknown {
  const program = `(async () => ${load})().catch(({ code, message }) => console.log(JSON.stringify({ code, message })))`;
  return JSON.parse(spawnSync(process.execPath, ["-e", program], { encoding: "utf8" }).stdout);
}

test.each([
  ['require("nobodys-package")', "nobodys-package"],
  ['require("nobodys-package/with/a-path")', "nobodys-package"],
  ['require("@nobody/package/with/a-path")', "@nobody/package"],
  ['import("@nobody/package")', "@nobody/package"],
])("%s says what to install", (load, name) => {
  expect(ofMissingPackage(thrownBy(load))).toMatchObject({
    name: "SettingsError",
    message: `${name} must be installed for this, and is not: npm install ${name}`,
  });
});

test.each([
  ["a file", thrownBy('require("./nobodys-file")')],
  ["an absolute path", thrownBy('import("/nobodys/file.js")')],
  ["another error", new Error("Cannot find module 'x'")],
  ["nothing", undefined],
])("%s is left as it is", (_, error) => {
  expect(ofMissingPackage(error)).toBe(error);
});
