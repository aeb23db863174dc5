// Preloaded into a process, makes calls on one path fail.
//   FAIL_PATH   a call matches if the path it names, or that its descriptor was opened by, contains this
//   FAIL_CALL   one of: open read write opendir mkdir unlink rename
//   FAIL_ERRNO  the error to fail with, a number
//   FAIL_TIMES  how many of the matching calls fail; -1 for all
//   FAIL_UNTIL  a file: once it is there, nothing fails any more
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { MOST = 4096 };
static atomic_long failed;
static char marked[MOST];

static int matches(const char *path) {
  const char *wanted = getenv("FAIL_PATH");
  return wanted && path && strstr(path, wanted) != NULL;
}

static int fails(const char *call) {
  const char *wanted = getenv("FAIL_CALL"), *times = getenv("FAIL_TIMES");
  const char *until = getenv("FAIL_UNTIL"), *code = getenv("FAIL_ERRNO");
  if (!wanted || strcmp(wanted, call) != 0) return 0;
  if (until && faccessat(AT_FDCWD, until, F_OK, 0) == 0) return 0;
  long most = times ? atol(times) : 1;
  if (most >= 0 && failed++ >= most) return 0;
  errno = code ? atoi(code) : EIO;
  return 1;
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
    if (matches(path) && fails("open")) return -1; \
    return mark(real(path, flags, mode), path); \
  }
OPEN(open)
OPEN(open64)

#define ON_FILE(name, type, call, arguments, values) \
  type name arguments { \
    REAL(name); \
    if (is_marked(file) && fails(call)) return -1; \
    return real values; \
  }
ON_FILE(read, ssize_t, "read", (int file, void *to, size_t n), (file, to, n))
ON_FILE(pread, ssize_t, "read", (int file, void *to, size_t n, off_t at), (file, to, n, at))
ON_FILE(pread64, ssize_t, "read", (int file, void *to, size_t n, off64_t at), (file, to, n, at))
ON_FILE(write, ssize_t, "write", (int file, const void *from, size_t n), (file, from, n))
ON_FILE(writev, ssize_t, "write", (int file, const struct iovec *from, int n), (file, from, n))
ON_FILE(pwrite, ssize_t, "write", (int file, const void *from, size_t n, off_t at), (file, from, n, at))
ON_FILE(pwrite64, ssize_t, "write", (int file, const void *from, size_t n, off64_t at), (file, from, n, at))

#define ON_PATH(name, call, arguments, values) \
  int name arguments { \
    REAL(name); \
    if (matches(path) && fails(call)) return -1; \
    return real values; \
  }
ON_PATH(mkdir, "mkdir", (const char *path, mode_t mode), (path, mode))
ON_PATH(unlink, "unlink", (const char *path), (path))
ON_PATH(rename, "rename", (const char *path, const char *to), (path, to))

DIR *opendir(const char *path) {
  REAL(opendir);
  if (matches(path) && fails("opendir")) return NULL;
  return real(path);
}
