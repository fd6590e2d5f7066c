// How tall an element may be to reach the bottom of the window from where it stands.
import { useLayoutEffect, useState, type RefObject } from 'react';

const kLeastPx = 320;

export function useFillHeight(element: RefObject<HTMLElement | null>, belowPx: number): number {
  const [height, setHeight] = useState(kLeastPx);
  useLayoutEffect(() => {
    const measure = () => {
      const top = (element.current?.getBoundingClientRect().top ?? 0) + window.scrollY;
      setHeight(Math.max(kLeastPx, Math.floor(window.innerHeight - top - belowPx)));
    };
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(document.body);
    window.addEventListener('resize', measure);
    return () => {
      watch.disconnect();
      window.removeEventListener('resize', measure);
    };
  }, [element, belowPx]);
  return height;
}
