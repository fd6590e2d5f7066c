// Whether what one sees is live, in words.
import { useLiveState } from '@/live/live';
import type { ConnectionState } from '@/live/connection';
import classes from './shell.module.css';

const words: Record<ConnectionState, string> = { connecting: 'Connecting', live: 'Live', reconnecting: 'Reconnecting', offline: 'Offline' };

export function Connection() {
  const state = useLiveState();
  return (
    <span className={classes.state} role="status" title={state === 'live' ? 'Changes appear as they happen.' : 'Figures may be old until the connection is back.'}>
      <span className={classes.lamp} data-state={state} aria-hidden />
      {words[state]}
    </span>
  );
}
