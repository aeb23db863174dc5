// Preloaded into a process, makes calls on one path fail.
//   FAIL_PATH   a call matches if the path it names, or that its descriptor was opened by, contains this
//   FAIL_CALL   one of: open read write fsync truncate opendir mkdir unlink rename; without it, any of them
//   FAIL_ERRNO  the error to fail with, a number
//   FAIL_AT     the first of the matching calls that fails, counted from 1; 1 without it
//   FAIL_TIMES  how many fail from there; -1 for all
//   FAIL_LOG    a file to which each matching call is written, with its path
//   FAIL_UNTIL  a file: once it is there, nothing fails any more
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { MOST = 4096 };
static atomic_long seen;
static char marked[MOST];

static int matches(const char *path) {
  const char *wanted = getenv("FAIL_PATH");
  return wanted && path && strstr(path, wanted) != NULL;
}

static void note(const char *call, const char *path) {
  const char *log = getenv("FAIL_LOG");
  char line[MOST];
  if (!log) return;
  int length = snprintf(line, sizeof line, "%s %s\n", call, path);
  int file = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (file < 0) return;
  syscall(SYS_write, file, line, length < MOST ? length : MOST - 1);
  syscall(SYS_close, file);
}

static int fails(const char *call, const char *path) {
  const char *wanted = getenv("FAIL_CALL"), *times = getenv("FAIL_TIMES"), *first = getenv("FAIL_AT");
  const char *until = getenv("FAIL_UNTIL"), *code = getenv("FAIL_ERRNO");
  if (wanted && strcmp(wanted, call) != 0) return 0;
  if (until && syscall(SYS_faccessat, AT_FDCWD, until, F_OK) == 0) return 0;
  note(call, path);
  long at = first ? atol(first) : 1, most = times ? atol(times) : 1, number = ++seen;
  if (number < at || (most >= 0 && number >= at + most)) return 0;
  errno = code ? atoi(code) : EIO;
  return 1;
}

static const char *path_of(int file) {
  static __thread char path[MOST];
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
  path[length > 0 ? length : 0] = 0;
  return path;
}

static int mark(int file, const char *path) {
  if (file >= 0 && file < MOST) marked[file] = (char)matches(path);
  return file;
}

static int is_marked(int file) { return file >= 0 && file < MOST && marked[file]; }

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    REAL(name); \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { \
      va_list rest; \
      va_start(rest, flags); \
      mode = va_arg(rest, mode_t); \
      va_end(rest); \
    } \
    if (matches(path) && fails("open", path)) return -1; \
    return mark(real(path, flags, mode), path); \
  }
OPEN(open)
OPEN(open64)

#define ON_FILE(name, type, call, arguments, values) \
  type name arguments { \
    REAL(name); \
    if (is_marked(file) && fails(call, path_of(file))) return -1; \
    return real values; \
  }
ON_FILE(read, ssize_t, "read", (int file, void *to, size_t n), (file, to, n))
ON_FILE(pread, ssize_t, "read", (int file, void *to, size_t n, off_t at), (file, to, n, at))
ON_FILE(pread64, ssize_t, "read", (int file, void *to, size_t n, off64_t at), (file, to, n, at))
ON_FILE(write, ssize_t, "write", (int file, const void *from, size_t n), (file, from, n))
ON_FILE(writev, ssize_t, "write", (int file, const struct iovec *from, int n), (file, from, n))
ON_FILE(pwrite, ssize_t, "write", (int file, const void *from, size_t n, off_t at), (file, from, n, at))
ON_FILE(pwrite64, ssize_t, "write", (int file, const void *from, size_t n, off64_t at), (file, from, n, at))
ON_FILE(fsync, int, "fsync", (int file), (file))
ON_FILE(fdatasync, int, "fsync", (int file), (file))
ON_FILE(ftruncate, int, "truncate", (int file, off_t size), (file, size))
ON_FILE(ftruncate64, int, "truncate", (int file, off64_t size), (file, size))

#define ON_PATH(name, call, arguments, values) \
  int name arguments { \
    REAL(name); \
    if (matches(path) && fails(call, path)) return -1; \
    return real values; \
  }
ON_PATH(mkdir, "mkdir", (const char *path, mode_t mode), (path, mode))
ON_PATH(unlink, "unlink", (const char *path), (path))
ON_PATH(rename, "rename", (const char *path, const char *to), (path, to))

DIR *opendir(const char *path) {
  REAL(opendir);
  if (matches(path) && fails("opendir", path)) return NULL;
  return real(path);
}
