// Drags a card by the pointer. A touch scrolls instead; there and by keyboard the card's own menu moves it.
import type { ShownDeal, Stage } from '@/api/agreed';
import { useEffect, useRef, useState, type PointerEvent as ReactPointerEvent, type RefObject } from 'react';

const kThresholdPx = 6; // less is a click
const kEdgePx = 60; // so near the edge the board scrolls along
const kEdgeStepPx = 14;

export interface Drag {
  deal: ShownDeal;
  over: Stage | null;
}
export interface DragHandles {
  drag: Drag | null;
  ghost: RefObject<HTMLDivElement | null>;
  start: (event: ReactPointerEvent, deal: ShownDeal) => void;
}

const stageUnder = (x: number, y: number) => document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-column]')?.dataset['column'] as Stage | undefined;

// The click that follows a drop is not meant for the card; where none follows, the next one is not swallowed.
function swallowClick() {
  const swallow = (click: MouseEvent) => {
    click.preventDefault();
    click.stopPropagation();
  };
  window.addEventListener('click', swallow, { capture: true, once: true });
  setTimeout(() => window.removeEventListener('click', swallow, true), 0);
}

export function useDrag(scroller: RefObject<HTMLElement | null>, onDrop: (deal: ShownDeal, to: Stage) => void): DragHandles {
  const [drag, setDrag] = useState<Drag | null>(null);
  const ghost = useRef<HTMLDivElement>(null);
  const end = useRef<() => void>(() => undefined);
  useEffect(() => () => end.current(), []);

  const start = (event: ReactPointerEvent, deal: ShownDeal) => {
    if (event.button !== 0 || event.pointerType === 'touch' || (event.target as Element).closest('button') !== null) return;
    const [fromX, fromY] = [event.clientX, event.clientY];
    const card = event.currentTarget.getBoundingClientRect();
    let [x, y, lifted, frame] = [fromX, fromY, false, 0];
    const place = () => {
      if (ghost.current === null) return;
      ghost.current.style.transform = `translate(${x - (fromX - card.left)}px, ${y - (fromY - card.top)}px)`;
      ghost.current.style.width = `${card.width}px`;
    };
    const follow = () => {
      const board = scroller.current?.getBoundingClientRect();
      if (board !== undefined && scroller.current !== null) scroller.current.scrollLeft += x > board.right - kEdgePx ? kEdgeStepPx : x < board.left + kEdgePx ? -kEdgeStepPx : 0;
      place();
      const over = stageUnder(x, y) ?? null;
      setDrag((was) => (was !== null && was.over === over ? was : { deal, over }));
      frame = requestAnimationFrame(follow);
    };
    const moved = (moving: PointerEvent) => {
      [x, y] = [moving.clientX, moving.clientY];
      if (lifted || Math.hypot(x - fromX, y - fromY) < kThresholdPx) return;
      lifted = true;
      window.getSelection()?.removeAllRanges();
      follow();
    };
    const stop = () => {
      cancelAnimationFrame(frame);
      for (const [name, listener] of listeners) window.removeEventListener(name, listener as EventListener, true);
      setDrag(null);
    };
    const dropped = () => {
      const to = lifted ? stageUnder(x, y) : undefined;
      stop();
      if (lifted) swallowClick();
      if (to !== undefined) onDrop(deal, to);
    };
    const pressed = (key: KeyboardEvent) => key.key === 'Escape' && stop();
    const still = (dragging: Event) => dragging.preventDefault(); // the browser's own dragging of links
    const listeners = [['pointermove', moved], ['pointerup', dropped], ['pointercancel', stop], ['keydown', pressed], ['dragstart', still]] as const;
    for (const [name, listener] of listeners) window.addEventListener(name, listener as EventListener, true);
    end.current = stop;
  };
  return { drag, ghost, start };
}
