/*
 * Disk faults below a server, by LD_PRELOAD: fsync that fails, and a journal from which the checker makes a power cut.
 *
 *   FONTE_FAULTS_FOLDER    only files below this folder are watched (absolute, no symbolic links); never SQLite's -shm, which it rebuilds
 *   FONTE_FAULTS_FAIL      while this file exists, fsync and fdatasync fail with EIO
 *   FONTE_FAULTS_JOURNAL   where every change is recorded with what was there before; PowerCut.cs reads it
 *   FONTE_FAULTS_SAVED     a folder of the same file system, for files whose name is taken away: a power cut may give it back
 *   FONTE_FAULTS_BOOT      read instead of the kernel's boot ID, because after a power cut there is another one
 *
 * Writes go through and are recorded after they happened: a process killed in between leaves a write that no power cut takes back,
 * as if the kernel had just written it out. What is recorded as synced was synced before, so it is never more than the truth.
 * Not watched: mmap (SQLite writes only the -shm that way), fallocate, sendfile, descriptors made by dup.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_DESCRIPTORS 65536
#define BOOT_ID "/proc/sys/kernel/random/boot_id"

enum kind { OPENED = 1, CREATED, WROTE, RESIZED, SYNCED, SYNC_FAILED, LINKED, RENAMED, UNLINKED, FOLDER_SYNCED };

/* Followed by the text (names, each with its NUL), the new bytes and the old bytes. */
struct record {
    uint32_t kind, text_length;
    uint64_t file; /* the inode: it is not given to another file as long as a name, or a saved one, is left */
    uint64_t offset, new_length, old_length, old_size;
};

static struct { uint64_t file; int is_folder; } opened[MOST_DESCRIPTORS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *folder, *fail, *saved, *boot;
static size_t folder_length;
static int journal = -1;
static uint64_t journal_length;

/* System calls here and below, so that nothing comes back to the functions at the end. */
__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("FONTE_FAULTS_JOURNAL");
    folder = getenv("FONTE_FAULTS_FOLDER");
    folder_length = folder ? strlen(folder) : 0;
    fail = getenv("FONTE_FAULTS_FAIL");
    saved = getenv("FONTE_FAULTS_SAVED");
    boot = getenv("FONTE_FAULTS_BOOT");
    if (path)
        journal = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (path && journal < 0)
        _exit(70);
}

static void record(struct record entry, const char *text, const void *new_bytes, const void *old_bytes)
{
    struct iovec parts[] = {
        { &entry, sizeof entry }, { (void *)text, entry.text_length },
        { (void *)new_bytes, entry.new_length }, { (void *)old_bytes, entry.old_length },
    };
    size_t whole = sizeof entry + entry.text_length + entry.new_length + entry.old_length;
    int before = errno;
    if (journal < 0)
        return;
    if (syscall(SYS_writev, journal, parts, 4) != (ssize_t)whole) {
        static const char sentence[] = "faults: the journal cannot be written\n";
        syscall(SYS_write, 2, sentence, sizeof sentence - 1);
        _exit(71);
    }
    journal_length += whole;
    errno = before;
}

static void record_names(int kind, uint64_t file, const char *first, const char *second, const char *third)
{
    const char *names[] = { first, second, third };
    char text[3 * 4096];
    uint32_t length = 0;
    for (int i = 0; i < 3 && names[i]; i++)
        length += snprintf(text + length, sizeof text - length, "%s", names[i]) + 1;
    record((struct record){ .kind = kind, .file = file, .text_length = length }, text, NULL, NULL);
}

static int is_watched(const char *path)
{
    size_t length = strlen(path);
    return folder && strncmp(path, folder, folder_length) == 0 && (path[folder_length] == '/' || path[folder_length] == 0)
        && !(length > 4 && strcmp(path + length - 4, "-shm") == 0);
}

static int is_open(int descriptor)
{
    return descriptor >= 0 && descriptor < MOST_DESCRIPTORS && opened[descriptor].file != 0;
}

static uint64_t size_of(int descriptor)
{
    struct stat status;
    return fstat(descriptor, &status) == 0 ? status.st_size : 0;
}

static uint64_t inode_of(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0 ? status.st_ino : 0;
}

static int resize(int descriptor, uint64_t size)
{
    uint64_t before = size_of(descriptor), cut = before > size ? before - size : 0;
    char *old = malloc(cut + 1);
    if (!old || syscall(SYS_pread64, descriptor, old, cut, size) != (ssize_t)cut)
        _exit(72);
    int result = syscall(SYS_ftruncate, descriptor, size);
    if (result == 0)
        record((struct record){ RESIZED, 0, opened[descriptor].file, size, 0, cut, before }, NULL, NULL, old);
    free(old);
    return result;
}

static int open_file(int directory, const char *path, int flags, mode_t mode)
{
    if (boot && strcmp(path, BOOT_ID) == 0)
        path = boot;
    if (!is_watched(path))
        return syscall(SYS_openat, directory, path, flags, mode);
    pthread_mutex_lock(&lock);
    int exists = inode_of(path) != 0;
    /* Readable too, because what is overwritten is read first. */
    int watched_flags = (flags & O_ACCMODE) == O_WRONLY ? (flags & ~O_ACCMODE) | O_RDWR : flags;
    int descriptor = syscall(SYS_openat, directory, path, watched_flags & ~O_TRUNC, mode);
    struct stat status;
    if (descriptor >= 0 && descriptor < MOST_DESCRIPTORS && fstat(descriptor, &status) == 0) {
        opened[descriptor].file = status.st_ino;
        opened[descriptor].is_folder = S_ISDIR(status.st_mode);
        record_names(exists ? OPENED : CREATED, status.st_ino, path, NULL, NULL);
        if (flags & O_TRUNC && exists)
            resize(descriptor, 0);
    }
    pthread_mutex_unlock(&lock);
    return descriptor;
}

static ssize_t write_at(int descriptor, const void *bytes, size_t count, uint64_t offset)
{
    uint64_t size = size_of(descriptor);
    size_t overwritten = offset >= size ? 0 : count < size - offset ? count : size - offset;
    char *old = malloc(overwritten + 1);
    if (!old || syscall(SYS_pread64, descriptor, old, overwritten, offset) != (ssize_t)overwritten)
        _exit(73);
    ssize_t result = syscall(SYS_pwrite64, descriptor, bytes, count, offset);
    if (result > 0)
        record((struct record){ WROTE, 0, opened[descriptor].file, offset, result,
            overwritten < (size_t)result ? overwritten : (size_t)result, size }, NULL, bytes, old);
    free(old);
    return result;
}

static int sync_file(int descriptor, long call)
{
    if (!is_open(descriptor))
        return syscall(call, descriptor);
    int is_folder = opened[descriptor].is_folder;
    /* Only what was recorded until here is surely meant; others may write meanwhile. */
    pthread_mutex_lock(&lock);
    struct record entry = { is_folder ? FOLDER_SYNCED : SYNCED, 0, opened[descriptor].file, journal_length, 0, 0, 0 };
    pthread_mutex_unlock(&lock);
    int fails = fail && syscall(SYS_faccessat, AT_FDCWD, fail, F_OK) == 0;
    int result = fails ? -1 : syscall(call, descriptor);
    if (fails)
        entry.kind = SYNC_FAILED;
    pthread_mutex_lock(&lock);
    if (result == 0 || !is_folder)
        record(entry, NULL, NULL, NULL);
    pthread_mutex_unlock(&lock);
    if (fails)
        errno = EIO;
    return result;
}

/* Keeps a file whose name is about to be taken away. */
static const char *save(const char *path, char name[4096])
{
    snprintf(name, 4096, "%s/%d-%llu", saved ? saved : "", (int)getpid(), (unsigned long long)journal_length);
    return saved && syscall(SYS_linkat, AT_FDCWD, path, AT_FDCWD, name, 0) == 0 ? name : "";
}

#define MODE_OF(flags) \
    mode_t mode = 0; \
    if ((flags) & O_CREAT) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); }

int open(const char *path, int flags, ...) { MODE_OF(flags) return open_file(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE_OF(flags) return open_file(AT_FDCWD, path, flags, mode); }
int openat(int directory, const char *path, int flags, ...) { MODE_OF(flags) return open_file(directory, path, flags, mode); }
int openat64(int directory, const char *path, int flags, ...) { MODE_OF(flags) return open_file(directory, path, flags, mode); }

int close(int descriptor)
{
    if (is_open(descriptor))
        opened[descriptor].file = 0;
    return syscall(SYS_close, descriptor);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset)
{
    if (!is_open(descriptor) || journal < 0)
        return syscall(SYS_pwrite64, descriptor, bytes, count, offset);
    pthread_mutex_lock(&lock);
    ssize_t result = write_at(descriptor, bytes, count, offset);
    pthread_mutex_unlock(&lock);
    return result;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) { return pwrite64(descriptor, bytes, count, offset); }

ssize_t pwritev64(int descriptor, const struct iovec *parts, int count, off64_t offset)
{
    ssize_t whole = 0;
    for (int i = 0; i < count; i++) {
        ssize_t result = pwrite64(descriptor, parts[i].iov_base, parts[i].iov_len, offset + whole);
        if (result < 0)
            return whole > 0 ? whole : result;
        whole += result;
        if ((size_t)result < parts[i].iov_len)
            break;
    }
    return whole;
}

ssize_t write(int descriptor, const void *bytes, size_t count)
{
    if (!is_open(descriptor) || journal < 0)
        return syscall(SYS_write, descriptor, bytes, count);
    ssize_t result = pwrite64(descriptor, bytes, count, lseek(descriptor, 0, SEEK_CUR));
    if (result > 0)
        lseek(descriptor, result, SEEK_CUR);
    return result;
}

int ftruncate64(int descriptor, off64_t size)
{
    if (!is_open(descriptor) || journal < 0)
        return syscall(SYS_ftruncate, descriptor, size);
    pthread_mutex_lock(&lock);
    int result = resize(descriptor, size);
    pthread_mutex_unlock(&lock);
    return result;
}

int ftruncate(int descriptor, off_t size) { return ftruncate64(descriptor, size); }
int fsync(int descriptor) { return sync_file(descriptor, SYS_fsync); }
int fdatasync(int descriptor) { return sync_file(descriptor, SYS_fdatasync); }

int rename(const char *from, const char *to)
{
    char name[4096];
    int is_ours = is_watched(from) || is_watched(to);
    if (is_ours)
        pthread_mutex_lock(&lock);
    const char *replaced = is_ours ? save(to, name) : "";
    uint64_t file = is_ours ? inode_of(from) : 0;
    int result = syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
    if (is_ours && result == 0)
        record_names(RENAMED, file, from, to, replaced);
    if (is_ours)
        pthread_mutex_unlock(&lock);
    return result;
}

int link(const char *from, const char *to)
{
    int result = syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
    if (result == 0 && is_watched(to)) {
        pthread_mutex_lock(&lock);
        record_names(LINKED, inode_of(to), from, to, NULL);
        pthread_mutex_unlock(&lock);
    }
    return result;
}

int unlink(const char *path)
{
    char name[4096];
    if (!is_watched(path))
        return syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    pthread_mutex_lock(&lock);
    uint64_t file = inode_of(path);
    const char *kept = save(path, name);
    int result = syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (result == 0)
        record_names(UNLINKED, file, path, kept, NULL);
    pthread_mutex_unlock(&lock);
    return result;
}
