import { Permissions, PermissionsMismatchError } from "../../../runtime/security/permissions";

/** The seed's own. */
const permissions = new Permissions({
  CreateOrder: ["user", "admin"],
  CancelOrder: ["admin"],
  UpdateInventory: ["inventory_manager", "admin"],
});

test.each<[string, readonly string[], boolean]>([
  ["CreateOrder", ["user"], true],
  ["CreateOrder", ["guest", "admin"], true],
  ["CancelOrder", ["user"], false],
  ["CancelOrder", [], false],
  ["UpdateInventory", ["inventory_manager"], true],
  ["DropDatabase", ["admin"], false],
  ["createOrder", ["admin"], false],
  ["constructor", ["admin"], false],
  ["__proto__", ["admin"], false],
  ["toString", ["admin"], false],
  ["CreateOrder", ["__proto__"], false],
  ["CreateOrder", ["constructor"], false],
  ["CreateOrder", ["USER"], false],
])("%s by %j: %s", (type, roles, allowed) => {
  expect(permissions.allows(type, roles)).toBe(allowed);
});

test("a key of JSON's own making gives nobody anything", () => {
  const parsed = JSON.parse('{ "CreateOrder": ["user"], "__proto__": ["guest"] }');
  const it = new Permissions(parsed);
  expect(it.allows("DropDatabase", ["guest"])).toBe(false);
  expect(it.allows("CreateOrder", ["guest"])).toBe(false);
});

test("handlers and map that agree are told nothing", () => {
  expect(() => permissions.demandAgreement(["UpdateInventory", "CreateOrder", "CancelOrder"])).not.toThrow();
});

test("what does not agree is told at once, and all of it", () => {
  expect(() => permissions.demandAgreement(["CreateOrder", "CancelOrder", "ShipOrder"])).toThrow(
    new PermissionsMismatchError(["ShipOrder"], ["UpdateInventory"]),
  );
  expect(() => permissions.demandAgreement(["CreateOrder", "CancelOrder", "ShipOrder"])).toThrow(
    "'ShipOrder' is handled, and no role may use it; 'UpdateInventory' has roles, and no handler",
  );
});

test("a type whose list of roles is empty is nobody's, and that is told", () => {
  const it = new Permissions({ CreateOrder: [] });
  expect(it.allows("CreateOrder", ["user"])).toBe(false);
  expect(() => it.demandAgreement(["CreateOrder"])).toThrow("'CreateOrder' is handled, and no role may use it");
});
