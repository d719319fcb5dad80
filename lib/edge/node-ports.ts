/**
 * Where NGINX is reached on each node. Kubernetes gives ports up to 30085 to those who name one, and what lies above
 * them to those who do not.
 */
export const NODE_PORTS = { https: 30_043, health: 30_081 } as const;

/** What NGINX answers to the load balancer, at its port for health. */
export const HEALTH_PATH = "/healthz";

/** How often the load balancer asks each node, and after how many answers of one kind it believes them. */
export const HEALTH_CHECK = { intervalSeconds: 10, answers: 2 } as const;
