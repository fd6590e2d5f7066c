// A card that others have moved flies from its old place to its new one, as a picture of itself above the board.
const kFlightMs = 450;
export const cardId = (id: string) => `card-${id}`;

export function flyFrom(id: string): void {
  const card = document.getElementById(cardId(id));
  if (card === null || window.matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const from = card.getBoundingClientRect();
  const picture = card.cloneNode(true) as HTMLElement;
  picture.removeAttribute('id');
  picture.setAttribute('aria-hidden', 'true');
  picture.inert = true;
  Object.assign(picture.style, { position: 'fixed', top: `${from.top}px`, left: `${from.left}px`, width: `${from.width}px`, height: `${from.height}px`, zIndex: '300', pointerEvents: 'none' });
  // Two frames: one for the store to tell, one for the page to draw.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      const to = document.getElementById(cardId(id))?.getBoundingClientRect();
      if (to === undefined || (to.left === from.left && to.top === from.top)) return;
      document.body.append(picture);
      const way = `translate(${to.left - from.left}px, ${to.top - from.top}px)`;
      picture.animate([{ transform: 'none' }, { transform: way }], { duration: kFlightMs, easing: 'ease-in-out' }).finished.finally(() => picture.remove());
    }),
  );
}
