import { App } from "cdktf";
import { PlatformStack } from "../../stacks/platform-stack";
import { ProtectionLock } from "../../stacks/protection-lock";
import { LockFolder } from "../support/synthesis/lock-folder";

class Orders extends PlatformStack {}

let folder: LockFolder;
beforeEach(() => {
  folder = new LockFolder();
});
afterEach(() => folder.remove());

describe("where a stack's state and resources are", () => {
  interface Place {
    readonly bucket?: string;
    readonly account?: string;
    readonly region?: string;
  }
  function synthAt({ bucket = "state", account = "111122223333", region = "eu-central-1" }: Place): void {
    const app = new App({ outdir: folder.outdir });
    new Orders(app, "orders", { environment: "shop", region, account, state: { bucket } });
    new ProtectionLock(app, "Lock", { file: folder.file });
    app.synth();
  }
  beforeEach(() => {
    expect(() => synthAt({})).toThrow("got no file");
    folder.adopt();
  });

  test("is listed", () => {
    synthAt({});
    expect(folder.listed).toEqual({
      "shop-orders": {
        "provider.aws": { account: "111122223333", region: "eu-central-1" },
        "terraform.backend": { place: "s3://state/shop/shop-orders.tfstate" },
      },
    });
  });

  test.each<[Place, string]>([
    [
      { bucket: "other" },
      "terraform.backend: place must be s3://state/shop/shop-orders.tfstate, because Terraform finds no",
    ],
    [{ account: "444455556666" }, "provider.aws: account must be 111122223333, because Terraform finds no resource in"],
    [{ region: "eu-west-1" }, "provider.aws: region must be eu-central-1, because a resource can't be moved"],
  ])("can't change without a word: %p", (place, message) => {
    expect(() => synthAt(place)).toThrow(`shop-orders ${message}`);
    folder.adopt();
    expect(() => synthAt(place)).toThrow(message);
    const [[key, value]] = Object.entries(place) as [[string, string]];
    const was = { bucket: "s3://state", account: "111122223333", region: "eu-central-1" }[key] ?? "";
    folder.write(folder.text.replace(was, key === "bucket" ? `s3://${value}` : value));
    synthAt(place);
  });
});
