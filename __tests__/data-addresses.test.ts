import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { type App, LocalBackend, TerraformStack } from "cdktf";
import { PLANS } from "./support/plans/plan";
import { dataAddressesOf, dataProblems, listed } from "./support/synthesis/data-addresses";
import { environments } from "./support/synthesis/environments";
import { type Synthesized, synthesizeApp } from "./support/synthesis/synthesized";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";

test.each(Object.entries(environments))("%s keeps every address that holds data", (name, environment) => {
  expect(dataProblems(listed(name), synthesizedOnce({ [name]: environment }))).toEqual([]);
});

test("every list is of an environment that there is", () => {
  const lists = readdirSync(PLANS).filter((file) => file.endsWith(".data-addresses"));
  expect(lists.map((file) => basename(file, ".data-addresses")).sort()).toEqual(Object.keys(environments));
});

describe("what the check finds", () => {
  const before = orders((stack) => new S3Bucket(stack, "Invoices"));
  const list = dataAddressesOf(before);

  test("the list names stack and address of what holds data, and nothing else", () => {
    const synthesized = orders((stack) => {
      new S3Bucket(stack, "Invoices");
      new SecurityGroup(stack, "Firewall");
    });
    expect(dataAddressesOf(synthesized)).toEqual(["orders aws_s3_bucket.Invoices"]);
  });

  test("the same construct again is no problem", () => {
    expect(dataProblems(list, before)).toEqual([]);
  });

  test("a renamed construct is a loss, however often the list is added to", () => {
    const renamed = orders((stack) => new S3Bucket(stack, "Bills"));
    const gone =
      "orders aws_s3_bucket.Invoices is gone, and with it its objects. Keep the construct's id, or say where it went " +
      "with moveTo, moveFromId or overrideLogicalId; to really give the data up, delete the line by hand";
    expect(dataProblems(list, renamed)).toEqual([
      gone,
      "orders aws_s3_bucket.Bills is not on the list: run npm run plans",
    ]);
    expect(dataProblems([...list, ...dataAddressesOf(renamed)], renamed)).toEqual([gone]);
  });

  test("a renamed construct that says what it was called is no loss", () => {
    const moved = orders((stack) => new S3Bucket(stack, "Bills").moveFromId("aws_s3_bucket.Invoices"));
    expect(dataProblems([...list, ...dataAddressesOf(moved)], moved)).toEqual([]);
  });

  test("a renamed construct that keeps the logical id is no loss", () => {
    const kept = orders((stack) => new S3Bucket(stack, "Bills").overrideLogicalId("Invoices"));
    expect(dataProblems(list, kept)).toEqual([]);
  });

  test("a move to where nothing is does not save the data", () => {
    const { stacks, dependencies } = orders((stack) => new S3Bucket(stack, "Bills"));
    const moved = [{ from: "aws_s3_bucket.Invoices", to: "aws_s3_bucket.Nowhere" }];
    const astray = { stacks: { orders: { ...stacks.orders, moved } }, dependencies };
    expect(dataProblems([...list, ...dataAddressesOf(astray)], astray)).toHaveLength(1);
  });

  test("a stack that is gone takes its data with it", () => {
    expect(dataProblems(list, { stacks: {}, dependencies: {} })).toHaveLength(1);
  });
});

function orders(build: (stack: TerraformStack) => void): Synthesized {
  return synthesizeApp((app: App) => {
    const stack = new TerraformStack(app, "orders");
    new LocalBackend(stack, { path: "terraform.tfstate" });
    new AwsProvider(stack, "Aws", { region: "eu-central-1" });
    build(stack);
  });
}
