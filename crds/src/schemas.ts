import capturePolicy from './capture-policy.schema.json' with { type: 'json' };
import type { SchemaNode } from './schema-node.ts';

/** The structural schema of CapturePolicy, without descriptions. */
export const CAPTURE_POLICY_SCHEMA = capturePolicy as SchemaNode;
