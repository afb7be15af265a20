import { Module } from '@nestjs/common';
import { IntegrationTokensModule } from '@/modules/integration-tokens/index.js';
import { OrganizationsModule } from '@/modules/organizations/index.js';
import { LiveEventsModule } from '../events/live-events.module.js';
import { LiveSessionsModule } from '../sessions/index.js';
import { LiveTranscriptsModule, LiveTranscriptWriter } from '../transcripts/index.js';
import { LiveTurnsModule } from '../turns/live-turns.module.js';
import { TurnRecorder } from '../turns/turn-recorder.js';
import { ClientFrameHandler } from './client-frame.handler.js';
import { LiveAdmissionService } from './live-admission.service.js';
import { LiveCredentialsMonitor } from './live-credentials.monitor.js';
import { LiveLeaseExtender } from './live-lease.extender.js';
import { LiveNotificationRecovery } from './live-notification-recovery.js';
import { LiveSocketOpener } from './live-socket-opener.service.js';
import { LiveSocketController } from './live-socket.controller.js';
import { LiveSocketMonitor } from './live-socket.monitor.js';
import { LiveSocketService } from './live-socket.service.js';
import { LiveSocketsRegistry } from './live-sockets.registry.js';
import { LiveTalkFactory } from './live-talk-factory.js';

/**
 * The sockets of live sessions. The path of a request: LiveSocketController → LiveSocketOpener → LiveAdmissionService →
 * LiveSocketService; of a frame: LiveConnection → ClientFrameHandler → SessionConversation → TurnRunner.
 */
@Module({
  imports: [
    OrganizationsModule,
    IntegrationTokensModule,
    LiveSessionsModule,
    LiveTranscriptsModule,
    LiveEventsModule,
    LiveTurnsModule,
  ],
  controllers: [LiveSocketController],
  providers: [
    { provide: TurnRecorder, useExisting: LiveTranscriptWriter },
    LiveAdmissionService,
    LiveSocketsRegistry,
    LiveTalkFactory,
    ClientFrameHandler,
    LiveSocketService,
    LiveSocketOpener,
    LiveCredentialsMonitor,
    LiveLeaseExtender,
    LiveSocketMonitor,
    LiveNotificationRecovery,
  ],
})
export class LiveSocketModule {}
