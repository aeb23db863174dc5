import type * as z from 'zod';
import type { configSchema } from '../config/config.ts';

/**
 * Settings as in config.yaml; every key is optional. The build writes its types out, so that users of the
 * package need no types of zod.
 */
export type ConfigInput = z.input<typeof configSchema>;
