// Shows by itself what has come, where that moves nothing under a hand or an eye: the list stands at its beginning, the pointer is
// elsewhere, and nothing in it has the focus. Everybody else is told how much there is, and asks for it.
import { useEffect, useRef, type RefObject } from 'react';

const kSoonMs = 300;
const kAgainMs = 2_000; // while much comes in

// Scrolling parts inside `area` carry data-scrolls.
export function isQuiet(area: HTMLElement | null): boolean {
  if (area === null) return true;
  if (area.matches(':hover') || area.contains(document.activeElement)) return false;
  return [area, ...area.querySelectorAll<HTMLElement>('[data-scrolls]')].every((one) => one.scrollTop === 0);
}

// `busy`: an earlier refresh is still on its way.
export function useQuietRefresh(area: RefObject<HTMLElement | null>, changes: number, busy: () => boolean, refresh: () => void): void {
  const latest = useRef({ busy, refresh });
  useEffect(() => {
    latest.current = { busy, refresh };
  });
  const last = useRef(-Infinity);
  const waiting = changes > 0;
  useEffect(() => {
    if (!waiting) return undefined;
    let timer: ReturnType<typeof setTimeout>;
    const look = () => {
      if (!latest.current.busy() && isQuiet(area.current)) {
        last.current = performance.now();
        latest.current.refresh();
      }
      timer = setTimeout(look, kAgainMs);
    };
    timer = setTimeout(look, Math.max(kSoonMs, last.current + kAgainMs - performance.now()));
    return () => clearTimeout(timer);
  }, [waiting, area]);
}
