// The usual theme with the reader's own fonts: a third of the bytes, and nothing to wait for.
import DefaultTheme from 'vitepress/theme-without-fonts';
import './style.css';

export default DefaultTheme;
