// Carries scaled_scroll.ts into a scrolling element: which pixel of all rows is on top, and a way to go to another.
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import { isStuck, kTop, placeAt, positionShowing, scaleOf, scrolled, type Place, type Scale } from './scaled_scroll';

const kSettleMs = 160; // so long after the last movement the scroll bar is put where the rows are

export interface ScaledScroll {
  scale: Scale;
  position: number;
  goTo: (position: number) => void;
  show: (row: number) => void;
}

// `headPx`: what stands above the rows inside the scroller and does not scroll.
export function useScaledScroll(scroller: RefObject<HTMLElement | null>, rows: number, rowPx: number, headPx: number): ScaledScroll {
  const [viewPx, setViewPx] = useState(0);
  const [position, setPosition] = useState(0);
  const place = useRef<Place>(kTop);
  const scale = scaleOf(rows, rowPx, Math.max(1, viewPx));
  const latest = useRef(scale);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);

  const settle = useCallback(() => {
    if (scroller.current === null) return;
    const next = placeAt(latest.current, place.current.position);
    place.current = { ...next, jumpedAt: place.current.jumpedAt };
    if (Math.abs(scroller.current.scrollTop - next.top) >= 1) scroller.current.scrollTop = next.top;
  }, [scroller]);
  const goTo = useCallback(
    (wanted: number) => {
      place.current = placeAt(latest.current, wanted);
      setPosition(place.current.position);
      settle();
    },
    [settle],
  );

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const measure = () => setViewPx(Math.max(1, element.clientHeight - headPx));
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, [scroller, headPx]);

  // Another number of rows, or another height: as near to the same rows as can be.
  useLayoutEffect(() => {
    const sameRow = (place.current.position / latest.current.rowPx) * rowPx;
    latest.current = scaleOf(rows, rowPx, Math.max(1, viewPx));
    if (rows > 0) goTo(sameRow);
  }, [rows, rowPx, viewPx, goTo]);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const moved = () => {
      place.current = scrolled(latest.current, place.current, element.scrollTop, performance.now());
      setPosition(place.current.position);
      if (isStuck(latest.current, place.current)) settle();
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = setTimeout(settle, kSettleMs);
    };
    element.addEventListener('scroll', moved, { passive: true });
    return () => {
      element.removeEventListener('scroll', moved);
      if (timer.current !== null) clearTimeout(timer.current);
    };
  }, [scroller, settle]);

  const show = useCallback((row: number) => goTo(positionShowing(latest.current, place.current.position, row)), [goTo]);
  return { scale, position: Math.min(position, scale.positionMax), goTo, show };
}
