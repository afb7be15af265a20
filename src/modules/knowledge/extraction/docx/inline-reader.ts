import { raiseNumbers } from '@/modules/knowledge/extraction/raised-numbers.js';
import { checkBoxValue, chosenAlternative, textBoxesIn, unwrap } from './content-controls.js';
import type { DocumentContext } from './document-context.js';
import { FieldStack } from './fields.js';
import type { Note, Notes } from './notes.js';
import { toLinearMath } from './office-math.js';
import { isHiddenRun } from './run-visibility.js';
import { valueInRuns } from './styles.js';
import { symbolCharacter, textInFont } from './symbols.js';
import { childElements, childNamed, ownText, valueOf } from './xml-reader.js';
import type { XmlElement } from './xml-reader.js';

/** What stands in a paragraph, and what is anchored in it but shown elsewhere. */
export interface ParagraphContent {
  text: string;
  textBoxes: XmlElement[];
  notes: Note[];
}

/** The properties that the text of one run has. */
interface RunStyle {
  isHidden: boolean;
  isRaised: boolean;
  font: string;
}

const SHOWN: RunStyle = { isHidden: false, isRaised: false, font: '' };

/** Reads the text of paragraphs one after the other; fields may reach over several paragraphs. */
export class InlineReader {
  private readonly fields = new FieldStack();
  private content: ParagraphContent = { text: '', textBoxes: [], notes: [] };
  private paragraph: XmlElement | undefined;
  private isOnPaper = true;

  constructor(private readonly document: DocumentContext) {}

  /** `isOnPaper` tells that the paragraph stands on the page itself, not in a table or a text box. */
  read(paragraph: XmlElement, isOnPaper: boolean): ParagraphContent {
    const content: ParagraphContent = { text: '', textBoxes: [], notes: [] };
    this.content = content;
    this.paragraph = childNamed(paragraph, 'w:pPr');
    this.isOnPaper = isOnPaper && !this.document.hasBackground;
    this.readAll(childElements(paragraph));
    return content;
  }

  private readAll(elements: readonly XmlElement[]): void {
    for (const element of elements) {
      if (element.name === 'w:r') this.readRun(element);
      else if (element.name === 'm:oMath') this.write(` ${toLinearMath(element)} `, SHOWN);
      else if (element.name === 'm:oMathPara') this.readDisplayedMath(element);
      else if (element.name === 'w:sdt' && checkBoxValue(element) !== null) {
        this.write(checkBoxValue(element) ?? '', SHOWN);
      } else this.readAll(unwrap(element) ?? []);
    }
  }

  private readDisplayedMath(element: XmlElement): void {
    for (const formula of childElements(element)) this.write(`\n${toLinearMath(formula)}\n`, SHOWN);
  }

  private readRun(run: XmlElement): void {
    const style = this.styleOf(childNamed(run, 'w:rPr'));
    for (const child of childElements(run)) this.readRunChild(child, style);
  }

  private styleOf(own: XmlElement | undefined): RunStyle {
    const { styles } = this.document;
    const styleId = valueOf(this.paragraph, 'w:pStyle');
    const runs = styles.runProperties(own, styleId);
    const paragraphs = [this.paragraph, ...styles.paragraphLineage(styleId).map((style) => style.paragraph)];
    const known = paragraphs.filter((element) => element !== undefined);
    return {
      isHidden: isHiddenRun(runs, known, this.isOnPaper),
      isRaised: valueInRuns(runs, 'w:vertAlign') === 'superscript',
      font: childNamed(own, 'w:rFonts')?.attributes['w:ascii'] ?? '',
    };
  }

  private readRunChild(element: XmlElement, style: RunStyle): void {
    switch (element.name) {
      case 'w:t':
        return this.write(this.textOf(element, style), style);
      case 'w:tab':
      case 'w:ptab':
        return this.write('\t', style);
      case 'w:br':
      case 'w:cr':
        return this.write('\n', style);
      case 'w:noBreakHyphen':
        return this.write('-', style);
      case 'w:sym':
        return this.write(
          symbolCharacter(element.attributes['w:font'] ?? '', element.attributes['w:char'] ?? ''),
          style,
        );
      case 'w:fldChar':
        return this.readFieldCharacter(element, style);
      case 'w:instrText':
        return this.fields.addInstruction(ownText(element));
      case 'w:ruby':
        return this.readRuby(element, style);
      default:
        return this.readAnchor(element, style);
    }
  }

  private textOf(element: XmlElement, { font, isRaised }: RunStyle): string {
    const text = textInFont(ownText(element).replace(/[\r\n]/g, ' '), font);
    return isRaised ? raiseNumbers(text) : text;
  }

  private readFieldCharacter(element: XmlElement, style: RunStyle): void {
    const type = element.attributes['w:fldCharType'];
    if (type === 'begin') {
      const value = this.fields.begin(element);
      if (value !== '') this.writeAlways(value, style);
    } else if (type === 'separate') this.fields.separate();
    else if (type === 'end') this.fields.end();
  }

  private readRuby(element: XmlElement, style: RunStyle): void {
    this.readAll(childElements(childNamed(element, 'w:rubyBase') ?? element));
    const reading = childNamed(element, 'w:rt');
    if (reading === undefined) return;
    this.write('(', style);
    this.readAll(childElements(reading));
    this.write(')', style);
  }

  private readAnchor(element: XmlElement, style: RunStyle): void {
    switch (element.name) {
      case 'w:footnoteReference':
        return this.refer(this.document.footnotes, element, style);
      case 'w:endnoteReference':
        return this.refer(this.document.endnotes, element, style);
      case 'mc:AlternateContent':
        for (const child of chosenAlternative(element)) this.readRunChild(child, style);
        return;
      case 'w:drawing':
      case 'w:pict':
      case 'w:object':
        if (this.fields.showsText && !style.isHidden) this.content.textBoxes.push(...textBoxesIn(element));
    }
  }

  private refer(notes: Notes, reference: XmlElement, style: RunStyle): void {
    if (!this.fields.showsText || style.isHidden) return;
    const hasOwnMark = /^(1|true|on)$/.test(reference.attributes['w:customMarkFollows'] ?? '0');
    const note = notes.refer(reference.attributes['w:id'], hasOwnMark);
    if (note === null) return;
    this.content.notes.push(note);
    if (note.mark !== '') this.content.text += `[${note.mark}]`;
  }

  private write(text: string, style: RunStyle): void {
    if (this.fields.showsText) this.writeAlways(text, style);
  }

  private writeAlways(text: string, style: RunStyle): void {
    if (!style.isHidden) this.content.text += text;
    else if (text.trim() !== '') this.document.foundHiddenText = true;
  }
}
