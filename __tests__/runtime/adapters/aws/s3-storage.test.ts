import type { BackupStorage } from "../../../../runtime/recovery/backup/backup-storage";
import { whyNoMoto } from "../../../support/servers/running-moto";
import { S3OnMoto, SMALL_PARTS } from "../../../support/servers/s3-on-moto";
import { storageContract } from "../../recovery/backup/storage-contract";

const why = whyNoMoto();
const PART = SMALL_PARTS.partBytes ?? 0;
/** Around one part, of whole parts, and of three parts and a rest. A part has S3's least size. */
const SIZES = [PART - 1, PART, PART + 1, 2 * PART, 3 * PART + 7];

(why === undefined ? describe : describe.skip)(
  `S3 as moto has it${why === undefined ? "" : `, skipped: ${why}`}`,
  () => {
    let s3: S3OnMoto;
    let storage: BackupStorage;

    beforeAll(async () => {
      s3 = await S3OnMoto.start();
      storage = await s3.storage();
    }, 90_000);
    afterAll(() => s3.stop());
    beforeEach(() => s3.proxy.recover());

    storageContract(() => ({ storage, sizes: SIZES }));
  },
);
