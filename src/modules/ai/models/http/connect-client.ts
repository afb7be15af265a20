import type { ModelEndpointSettings, AiSettings } from '@/platform/config/index.js';
import type { Clock } from '@/platform/kernel/clock.js';
import type { Endpoint } from './endpoint.js';
import type { HttpTransport } from './http-transport.js';
import type { JsonClient } from './json-client.js';
import type { MediaClient } from './media-client.js';

/** Connections to one endpoint. */
const CONNECTIONS = 64;

type EndpointSettings = Pick<ModelEndpointSettings, 'baseUrl' | 'apiKey'>;
type ProxySettings = Pick<AiSettings, 'proxies'>;

/** Returns a client of an endpoint with one model. Loads the HTTP client, which is not needed without an endpoint. */
export async function connectJsonClient(
  settings: EndpointSettings,
  proxies: ProxySettings,
  clock: Clock,
): Promise<JsonClient> {
  const { JsonClient } = await import('./json-client.js');
  const { transport, endpoint } = await connect(settings, proxies, clock);
  return new JsonClient(transport, endpoint);
}

/** Returns a client that sends and receives audio. Loads the HTTP client as {@link connectJsonClient}. */
export async function connectMediaClient(
  settings: EndpointSettings,
  proxies: ProxySettings,
  clock: Clock,
): Promise<MediaClient> {
  const { MediaClient } = await import('./media-client.js');
  const { transport, endpoint } = await connect(settings, proxies, clock);
  return new MediaClient(transport, endpoint);
}

async function connect(
  { baseUrl, apiKey }: EndpointSettings,
  { proxies }: ProxySettings,
  clock: Clock,
): Promise<{ transport: HttpTransport; endpoint: Endpoint }> {
  const [{ HttpTransport }, { bearerHeader, parseEndpoint }] = await Promise.all([
    import('./http-transport.js'),
    import('./endpoint.js'),
  ]);
  const transport = new HttpTransport(clock, { connections: CONNECTIONS, proxies });
  return { transport, endpoint: parseEndpoint(baseUrl, bearerHeader(apiKey)) };
}
