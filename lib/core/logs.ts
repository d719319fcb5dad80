/** Days that CloudWatch keeps a log: a year, what auditors ask for and what checkov's CKV_AWS_338 demands. */
export const LOG_RETENTION_DAYS = 365;
