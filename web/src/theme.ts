// Colours and sizes of the app. Dimmed text, error text and text on a tint are darker than Mantine's own, so that they can be read
// (4.5:1) on every surface.
import { createTheme, type CSSVariablesResolver } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: 9,
  autoContrast: true,
  luminanceThreshold: 0.35,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif',
  headings: { fontWeight: '650' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  components: { Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } } },
});

// The three bands of health; `text` can be read on `soft` and on the page.
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-red-light-color': '#a8180d',
    '--mantine-color-blue-light-color': '#1450a0',
    '--mantine-color-teal-light-color': '#07604a',
    '--mantine-color-gray-light-color': '#3d444d',
    '--mantine-color-yellow-light-color': '#7a4b00',
    '--mantine-color-dimmed': '#57606a',
    '--mantine-color-error': '#b42318',
    '--mantine-color-placeholder': '#667085',
    '--page': '#f6f8fa',
    '--line': '#e3e8ed',
    '--risk-high': '#d92d20',
    '--risk-high-soft': '#fee9e7',
    '--risk-high-text': '#a8180d',
    '--risk-medium': '#e8a317',
    '--risk-medium-soft': '#fdf1d3',
    '--risk-medium-text': '#7a4b00',
    '--risk-low': '#0f9d7a',
    '--risk-low-soft': '#daf4ec',
    '--risk-low-text': '#07604a',
  },
  dark: {
    '--mantine-color-dimmed': '#a6adb7',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-placeholder': '#98a2b3',
    '--page': '#16191d',
    '--line': '#30363d',
    '--risk-high': '#f2635a',
    '--risk-high-soft': '#43201f',
    '--risk-high-text': '#ffb3ad',
    '--risk-medium': '#e8a317',
    '--risk-medium-soft': '#3d3016',
    '--risk-medium-text': '#ffd98a',
    '--risk-low': '#2bb892',
    '--risk-low-soft': '#143a30',
    '--risk-low-text': '#8ee6cd',
  },
});
