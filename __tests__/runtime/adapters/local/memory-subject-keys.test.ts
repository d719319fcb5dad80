import { MemorySubjectKeys } from "../../../../runtime/adapters/local/memory-subject-keys";
import { subjectKeysContract } from "../../keys/subject-keys-contract";

describe("subjects' keys in memory", () => {
  const keys = new MemorySubjectKeys();
  subjectKeysContract(() => keys);
});
