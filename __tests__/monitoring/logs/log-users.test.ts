import {
  LOG_USERS,
  type LogUser,
  loginManifest,
  loginOf,
  logSource,
  rolesManifest,
} from "../../../lib/monitoring/logs/log-users";
import { definitionProblems, hasDefinitions } from "../../support/cluster/custom-resources";

const users = Object.keys(LOG_USERS) as LogUser[];
const rolesFile = (): Record<string, unknown> => {
  const { target } = rolesManifest("production", "elastic").spec as {
    target: { template: { data: Record<string, string> } };
  };
  return JSON.parse(target.template.data["roles.yml"] ?? "");
};

test("every user has the role of its name", () => {
  expect(Object.keys(rolesFile())).toEqual(users);
});

test.each([
  ["log-shipper", [], ["create_doc", "auto_configure"]],
  ["log-reader", ["monitor"], ["read", "view_index_metadata"]],
])("%s may do no more than it does", (user, cluster, privileges) => {
  expect(rolesFile()[user]).toEqual({ cluster, indices: [{ names: ["logs-cqrs-*"], privileges }] });
});

test("the roles are no template of External Secrets'", () => {
  expect(JSON.stringify(rolesManifest("production", "elastic"))).not.toMatch(/\{\{|\}\}.*roles/);
});

(hasDefinitions ? test : test.skip)("secrets are as External Secrets wants them", () => {
  const manifests = [
    ...users.map((user) => loginManifest("production", user, "elastic")),
    rolesManifest("production", "elastic"),
  ];
  expect(manifests.flatMap(definitionProblems)).toEqual([]);
});

test("Grafana reads as the reader, and knows to whom it speaks", () => {
  expect(logSource("production", "production/logs-ca")).toEqual({
    url: "https://elasticsearch-es-http.elastic.svc:9200",
    index: "logs-cqrs-*",
    login: loginOf("production", "log-reader"),
    certificateAuthority: "production/logs-ca",
  });
});
