package dev.switchboard.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.switchboard.ops.LogOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Puts the log's level and form into effect. Libraries stay at the level that {@code logback.xml} gives them. */
public final class Logging {
    private static final String OURS = "dev.switchboard";
    private static final String CONSOLE = "console";

    /** What {@code logback.xml} says, once something else took its place. */
    private static @Nullable Encoder<ILoggingEvent> text;

    private Logging() {}

    /** Before anything of the cluster is touched: Hazelcast looks for its logger once. Again when the settings change. */
    public static synchronized void apply(LogOptions options) {
        System.setProperty("hazelcast.logging.type", "slf4j");
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.getLogger(OURS).setLevel(Level.valueOf(options.level().name()));
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        var console = (ConsoleAppender<ILoggingEvent>) root.getAppender(CONSOLE);
        if (console == null) {
            return;
        }
        boolean json = options.format() == LogOptions.Format.JSON;
        if (json != console.getEncoder() instanceof JsonEncoder) {
            text = text == null ? console.getEncoder() : text;
            console.setEncoder(json ? json(context) : text);
        }
    }

    private static JsonEncoder json(LoggerContext context) {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }
}
