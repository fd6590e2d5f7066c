// The one WebSocket of the app: connects, resumes with `since` after a cut, waits longer after every failure. No React in here.
import { ask } from '@/api/agreed';
import { readFrame, type LiveFrame } from './frames';

export type ConnectionState = 'connecting' | 'live' | 'reconnecting' | 'offline';

const kWaitMs = 500; // first pause; doubled after each failure
const kWaitMsMax = 15_000;
const kOfflineAfter = 3; // failures in a row until it is called offline

export interface ConnectionOptions {
  since: () => number | null;
  onFrame: (frame: LiveFrame) => void;
  onState: (state: ConnectionState) => void;
}

// A ticket works with a session and with an API key alike.
async function address(since: number | null): Promise<string> {
  const { ticket } = await ask<{ ticket: string }>('POST', '/api/sales/live/ticket');
  const url = new URL('/api/sales/live', window.location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.searchParams.set('ticket', ticket);
  if (since !== null) url.searchParams.set('since', String(since));
  return url.href;
}

// Answers a function that ends it for good.
export function connect({ since, onFrame, onState }: ConnectionOptions): () => void {
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let failures = 0;
  let ended = false;
  let greeted = false;

  const later = () => {
    if (ended || timer !== null) return;
    failures += 1;
    onState(!navigator.onLine || failures > kOfflineAfter ? 'offline' : greeted ? 'reconnecting' : 'connecting');
    // Spread, so that a restarted server is not met by everyone in the same instant.
    const wait = Math.min(kWaitMsMax, kWaitMs * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
    timer = setTimeout(open, wait);
  };
  const open = () => {
    timer = null;
    if (ended) return;
    address(since())
      .then((url) => {
        if (ended) return;
        const mine = new WebSocket(url);
        socket = mine;
        mine.onmessage = (event: MessageEvent<unknown>) => {
          const frame = typeof event.data === 'string' ? readFrame(event.data) : null;
          if (frame === null) return;
          if (frame.type === 'hello') {
            greeted = true;
            failures = 0;
            onState('live');
          }
          onFrame(frame);
        };
        mine.onclose = () => {
          if (socket === mine) socket = null;
          later();
        };
      })
      .catch(later);
  };
  const now = () => {
    if (ended || socket !== null) return;
    if (timer !== null) clearTimeout(timer);
    open();
  };
  const cut = () => {
    onState('offline');
    socket?.close();
  };
  window.addEventListener('online', now);
  window.addEventListener('offline', cut);
  open();
  return () => {
    ended = true;
    if (timer !== null) clearTimeout(timer);
    window.removeEventListener('online', now);
    window.removeEventListener('offline', cut);
    socket?.close();
  };
}
