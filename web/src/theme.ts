// Colours and sizes of the app. Dimmed and error text are darker than Mantine's own, so that they can be read (4.5:1) on every surface.
import { createTheme, type CSSVariablesResolver } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 9, dark: 7 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif',
  defaultRadius: 'md',
  cursorType: 'pointer',
});

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: { '--mantine-color-dimmed': '#57606a', '--mantine-color-error': '#b42318', '--mantine-color-placeholder': '#667085' },
  dark: { '--mantine-color-dimmed': '#a6adb7', '--mantine-color-error': '#ff8787', '--mantine-color-placeholder': '#98a2b3' },
});
