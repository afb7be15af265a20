import { Module } from '@nestjs/common';
import { LiveTurnsModule } from '../turns/live-turns.module.js';
import { LiveSpeechService } from './live-speech.service.js';
import { OpenAiSpeechToSpeech } from './providers/openai-speech-to-speech.js';
import { OpenAiSpeechToText } from './providers/openai-speech-to-text.js';
import { OpenAiTextToSpeech } from './providers/openai-text-to-speech.js';
import { SpeechToSpeech } from './providers/speech-to-speech.js';
import { SpeechToText } from './providers/speech-to-text.js';
import { TextToSpeech } from './providers/text-to-speech.js';
import { RecordingTranscriber } from './recording/recording-transcriber.js';

/** Listens and speaks in live sessions. */
@Module({
  imports: [LiveTurnsModule],
  providers: [
    LiveSpeechService,
    RecordingTranscriber,
    { provide: SpeechToText, useClass: OpenAiSpeechToText },
    { provide: TextToSpeech, useClass: OpenAiTextToSpeech },
    { provide: SpeechToSpeech, useClass: OpenAiSpeechToSpeech },
  ],
  exports: [RecordingTranscriber, SpeechToText, TextToSpeech],
})
export class LiveSpeechModule {}
