// The API reference at /docs: Scalar over /openapi.json, with everything switched off that would ask another host.
import './strict';

// Loaded behind strict.ts: what is imported plainly may run before it.
const { createApiReference } = await import('@scalar/api-reference');
await import('@scalar/api-reference/style.css');

createApiReference('#reference', {
  url: '/openapi.json',
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  agent: { disabled: true },
  mcp: { disabled: true },
  servers: [{ url: window.location.origin, description: 'This server' }],
  showDeveloperTools: 'never',
  theme: 'default',
  metaData: { title: 'Tributary API' },
});
