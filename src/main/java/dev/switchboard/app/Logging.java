package dev.switchboard.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import dev.switchboard.ops.LogOptions;
import java.util.Objects;
import org.slf4j.LoggerFactory;

/** Puts the log's level and form into effect. Libraries stay at the level that {@code logback.xml} gives them. */
public final class Logging {
    private static final String OURS = "dev.switchboard";
    private static final String CONSOLE = "console";

    private Logging() {}

    /** Before anything of the cluster is touched: Hazelcast looks for its logger once. */
    public static void apply(LogOptions options) {
        System.setProperty("hazelcast.logging.type", "slf4j");
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.getLogger(OURS).setLevel(Level.valueOf(options.level().name()));
        if (options.format() == LogOptions.Format.JSON) {
            Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
            var console = (ConsoleAppender<ILoggingEvent>) Objects.requireNonNull(root.getAppender(CONSOLE));
            JsonEncoder json = new JsonEncoder();
            json.setContext(context);
            json.start();
            console.setEncoder(json);
        }
    }
}
