import java.io.BufferedReader;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.commons.net.ftp.FTP;
import org.apache.commons.net.ftp.FTPClient;
import org.apache.commons.net.ftp.FTPSClient;
import org.apache.commons.net.util.TrustManagerUtils;

/** Does steps with Commons Net in one session. Arguments: mode, data, port, reuse. Steps come on standard input. */
public final class CommonsNetSteps {
  public static void main(String[] words) throws Exception {
    FTPClient ftp = connect(words[0], words[1], Integer.parseInt(words[2]));
    BufferedReader steps = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String line = steps.readLine(); line != null; line = steps.readLine()) {
      perform(ftp, line.split("\t", -1), out);
    }
    ftp.logout();
    ftp.disconnect();
  }

  private static FTPClient connect(String mode, String data, int port) throws IOException {
    FTPClient ftp = mode.equals("plain") ? new FTPClient() : secure(mode);
    ftp.setControlEncoding("UTF-8");
    ftp.connect("127.0.0.1", port);
    check(ftp, ftp.login("user", "pass"), "login");
    if (ftp instanceof FTPSClient) {
      ((FTPSClient) ftp).execPBSZ(0);
      ((FTPSClient) ftp).execPROT("P");
    }
    check(ftp, ftp.setFileType(FTP.BINARY_FILE_TYPE), "TYPE I");
    if (data.equals("passive")) ftp.enterLocalPassiveMode();
    return ftp;
  }

  private static FTPSClient secure(String mode) {
    FTPSClient ftp = new FTPSClient("TLS", mode.equals("implicit"));
    ftp.setTrustManager(TrustManagerUtils.getAcceptAllTrustManager());
    // As an application has it that wants 1.3 and does not refuse 1.2.
    String[] versions = mode.equals("TLS 1.2") ? new String[] {"TLSv1.2"} : new String[] {"TLSv1.3", "TLSv1.2"};
    ftp.setEnabledProtocols(versions);
    return ftp;
  }

  private static void perform(FTPClient ftp, String[] step, PrintStream out) throws IOException {
    switch (step[0]) {
      case "put":
        put(ftp, step[1], step[2], step[3]);
        break;
      case "get":
        get(ftp, step[1], step[2], step[3]);
        break;
      case "rename":
        check(ftp, ftp.rename(step[1], step[2]), "rename");
        break;
      default:
        for (String name : ftp.listNames()) out.println(name);
    }
  }

  private static void put(FTPClient ftp, String local, String remote, String from) throws IOException {
    try (InputStream in = new FileInputStream(new File(local))) {
      if (!from.isEmpty()) {
        in.skipNBytes(Long.parseLong(from));
        ftp.setRestartOffset(Long.parseLong(from));
      }
      check(ftp, ftp.storeFile(remote, in), "storeFile");
    }
  }

  private static void get(FTPClient ftp, String remote, String local, String from) throws IOException {
    if (!from.isEmpty()) ftp.setRestartOffset(Long.parseLong(from));
    try (OutputStream out = new FileOutputStream(new File(local), !from.isEmpty())) {
      check(ftp, ftp.retrieveFile(remote, out), "retrieveFile");
    }
  }

  private static void check(FTPClient ftp, boolean success, String what) throws IOException {
    if (!success) throw new IOException(what + ": " + ftp.getReplyString());
  }
}
