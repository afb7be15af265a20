import { Module } from '@nestjs/common';
import { LiveDemoModule } from './demo/live-demo.module.js';
import { LiveNicknameModule } from './nickname/live-nickname.module.js';
import { LiveQuotaModule } from './quota/live-quota.module.js';
import { LiveSessionsModule } from './sessions/live-sessions.module.js';
import { LiveSocketModule } from './socket/live-socket.module.js';
import { LiveSpeechModule } from './speech/live-speech.module.js';
import { LiveTranscriptsModule } from './transcripts/index.js';

/** Spoken sessions with an AI: their time, their quota and their transcripts. This module only collects the subjects. */
@Module({
  imports: [
    LiveQuotaModule,
    LiveSessionsModule,
    LiveTranscriptsModule,
    LiveNicknameModule,
    LiveSpeechModule,
    LiveSocketModule,
    LiveDemoModule,
  ],
  exports: [LiveSessionsModule, LiveSpeechModule, LiveTranscriptsModule],
})
export class LiveModule {}
