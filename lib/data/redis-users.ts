import { ElasticacheUser } from "@cdktf/provider-aws/lib/elasticache-user";
import { ElasticacheUserGroup } from "@cdktf/provider-aws/lib/elasticache-user-group";
import { Construct } from "constructs";
import type { RedisEngine } from "./redis-engine";

export interface RedisUsersProps {
  /** The cache's name: begins the users' and the group's. */
  readonly name: string;
  readonly engine: RedisEngine;
}

/** Ours: keys of the application begin with it, so that a second user can have keys of its own. */
const KEY_PREFIX = "app:";

/** Who may speak to a cache: one user that signs in with an IAM token, and no password anywhere. */
export class RedisUsers extends Construct {
  readonly groupId: string;
  readonly userName: string;
  readonly userArn: string;
  /** What each key of the user must begin with. */
  readonly keyPrefix = KEY_PREFIX;

  constructor(scope: Construct, id: string, props: RedisUsersProps) {
    super(scope, id);
    const { name, engine } = props;
    // ElastiCache wants id and name of an IAM user to be the same.
    const application = new ElasticacheUser(this, "Application", {
      userId: `${name}-app`,
      userName: `${name}-app`,
      engine,
      accessString: `on ~${KEY_PREFIX}* &* +@all -@dangerous`,
      authenticationMode: { type: "iam" },
    });
    const users = engine === "redis" ? [application, this.nobody(name)] : [application];
    this.groupId = new ElasticacheUserGroup(this, "Resource", {
      userGroupId: `${name}-users`,
      engine,
      userIds: users.map((user) => user.userId),
    }).userGroupId;
    this.userName = application.userName;
    this.userArn = application.arn;
  }

  /** Redis wants a user named `default` in each group, as whom clients sign in that give no name: this one is off and may do nothing. */
  private nobody(name: string): ElasticacheUser {
    return new ElasticacheUser(this, "Default", {
      userId: `${name}-default`,
      userName: "default",
      engine: "redis",
      accessString: "off -@all",
      authenticationMode: { type: "no-password-required" },
    });
  }
}
