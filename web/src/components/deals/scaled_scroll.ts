// Where a list of very many rows stands. Browsers cannot lay out more than some 33.5 million pixels (others 17.8), so above
// kScrollPxMax the scroll bar is a scale model: dragging it goes to a proportion of the rows, while wheel, touch and keys, whose
// steps are small, still move by true pixels. Pure arithmetic; the grid carries it into the page.
export const kScrollPxMax = 8_000_000;
const kStepViews = 2; // a jump of more than so many screens is a drag of the scroll bar: one of its pixels is thousands of ours
const kDragMs = 200; // so long after a jump the hand is still at the scroll bar

export interface Scale {
  rowPx: number;
  viewPx: number;
  rows: number;
  areaPx: number; // height of the scroll area in the page
  positionMax: number; // of all rows in true pixels
  topMax: number; // of scrollTop
}

export interface Place {
  position: number; // first visible pixel of all rows in true pixels
  top: number; // the scrollTop that was seen last
  jumpedAt: number; // ms, when the bar was dragged last
}

export const kTop: Place = { position: 0, top: 0, jumpedAt: -Infinity };

export function scaleOf(rows: number, rowPx: number, viewPx: number): Scale {
  const truePx = rows * rowPx;
  const areaPx = Math.max(viewPx, Math.min(truePx, kScrollPxMax));
  return { rowPx, viewPx, rows, areaPx, positionMax: Math.max(0, truePx - viewPx), topMax: areaPx - viewPx };
}

export const isScaled = (scale: Scale) => scale.positionMax > scale.topMax;

const between = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

function positionAt(scale: Scale, top: number): number {
  return scale.topMax <= 0 ? 0 : (between(top, 0, scale.topMax) / scale.topMax) * scale.positionMax;
}

// The place of a position, with the scroll bar where it belongs.
export function placeAt(scale: Scale, position: number): Place {
  const at = between(position, 0, scale.positionMax);
  return { position: at, top: scale.positionMax <= 0 ? 0 : Math.round((at / scale.positionMax) * scale.topMax), jumpedAt: -Infinity };
}

// After the page has told a new scrollTop.
export function scrolled(scale: Scale, place: Place, top: number, now: number): Place {
  if (!isScaled(scale)) return { position: between(top, 0, scale.positionMax), top, jumpedAt: -Infinity };
  const step = top - place.top;
  const jumps = Math.abs(step) > kStepViews * scale.viewPx;
  if (jumps || now - place.jumpedAt < kDragMs) return { position: positionAt(scale, top), top, jumpedAt: jumps ? now : place.jumpedAt };
  return { ...place, position: between(place.position + step, 0, scale.positionMax), top };
}

// Whether the bar has come to its end before the rows have: it must be put right at once, for it cannot move on by itself.
export function isStuck(scale: Scale, place: Place): boolean {
  if (!isScaled(scale)) return false;
  return (place.top <= 0 && place.position > 0) || (place.top >= scale.topMax && place.position < scale.positionMax);
}

// The rows on screen, `extra` more at both ends: [first, last).
export function rowsAt(scale: Scale, position: number, extra: number): { first: number; last: number } {
  const first = Math.floor(position / scale.rowPx);
  const last = Math.ceil((position + scale.viewPx) / scale.rowPx);
  return { first: between(first - extra, 0, scale.rows), last: between(last + extra, 0, scale.rows) };
}

// The position that shows `row` wholly, or the same position when it does already.
export function positionShowing(scale: Scale, position: number, row: number): number {
  const start = row * scale.rowPx;
  if (start < position) return start;
  if (start + scale.rowPx > position + scale.viewPx) return Math.min(scale.positionMax, start + scale.rowPx - scale.viewPx);
  return position;
}
