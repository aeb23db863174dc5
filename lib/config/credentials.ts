import type { ConfigLayer, ConfigProblem } from './config-layer.ts';
import { isSameServer } from './server-address.ts';

/** A server in the configuration, with what may be sent to nobody else. */
export interface ServerKeys {
  readonly address: string;
  readonly credentials: readonly string[];
  /** Allows that the credentials are sent unencrypted. */
  readonly permission: string;
}

/** The servers that the configuration names. */
export const SERVERS: readonly ServerKeys[] = [
  {
    address: 'api.base_url',
    credentials: ['api.token', 'api.token_file'],
    permission: 'api.allow_insecure',
  },
  {
    address: 'otlp.endpoint',
    credentials: ['otlp.headers', 'otlp.token_file'],
    permission: 'otlp.allow_insecure',
  },
];

/**
 * The layers, weakest first, without the credentials that a layer gives for another server than the one in
 * force: a credential belongs to the address that the same layer names. Otherwise whoever can set one
 * variable would get the token from the user's file, or have the user's events credited to his own token.
 */
export function withOwnCredentials(layers: readonly ConfigLayer[]): readonly ConfigLayer[] {
  return SERVERS.reduce(withOwnCredentialsOf, layers);
}

// --- internal ---

function withOwnCredentialsOf(
  layers: readonly ConfigLayer[],
  { address, credentials, permission }: ServerKeys,
): readonly ConfigLayer[] {
  const inForce = layers.findLastIndex(({ values }) => values.has(address));
  const naming = layers[inForce];
  if (!naming) return layers;
  const server = addressIn(naming, address);
  const named = naming.origins.get(address) ?? '';
  return layers.map((layer, index) => {
    if (isSameServer(addressIn(layer, address), server)) return layer;
    const problems: ConfigProblem[] = [];
    const warnings: ConfigProblem[] = [];
    for (const key of credentials) {
      const where = layer.origins.get(key);
      if (where === undefined) continue;
      if (index < inForce) {
        const message = `is not sent to the server that ${named} names`;
        warnings.push({ where, key, message, hint: null });
      } else {
        const message = `is for no server: ${address} comes from ${named}`;
        const hint = `Name the server in the same place as ${key}, or both in config.yaml.`;
        problems.push({ where, key, message, hint });
      }
    }
    const left = new Set(index < inForce ? [...credentials, permission] : credentials);
    const without = <T>(map: ReadonlyMap<string, T>) =>
      new Map([...map].filter(([key]) => !left.has(key)));
    return {
      ...layer,
      values: without(layer.values),
      origins: without(layer.origins),
      problems: [...layer.problems, ...problems],
      warnings: [...layer.warnings, ...warnings],
    };
  });
}

function addressIn({ values }: ConfigLayer, key: string): string | null {
  const value = values.get(key);
  return typeof value === 'string' ? value : null;
}
